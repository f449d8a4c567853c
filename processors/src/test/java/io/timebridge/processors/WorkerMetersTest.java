package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.admission.Quarantine;
import io.timebridge.admission.StreamPosition;
import io.timebridge.metrics.Meters;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.settings.Settings;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import io.timebridge.worker.KclListener;
import io.timebridge.worker.Lag;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerMetersTest {
  private static final StreamName STREAM = StreamName.TIMESHEET_EVENTS;
  private static final List<Quarantine.Reason> REASONS = List.of(Quarantine.Reason.values());
  private static final List<KclListener.Unit> UNITS = List.of(KclListener.Unit.values());
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private final Meters meters =
      Meters.start(new Settings.Metrics("127.0.0.1", Optional.of(0)), "worker");
  private final AtomicLong nanos = new AtomicLong();
  private final WorkerMeters measured = new WorkerMeters(meters, nanos::get);

  @AfterEach
  void close() {
    meters.close();
  }

  @Test
  void measures_from_the_door_to_the_effect_of_every_event_that_had_one() throws Exception {
    Handler<StreamRecord> handler =
        measured.around(
            STREAM,
            new Latencies(() -> NOW)
                .around(
                    "application",
                    (key, records) -> {
                      nanos.addAndGet(40_000_000);
                      return key.equals("1")
                          ? new Outcome.Applied("")
                          : new Outcome.Skipped("older");
                    },
                    measured.applied(STREAM)));
    handler.handle("1", List.of(record("1", NOW.minusSeconds(20)), record("1", NOW)));
    handler.handle("2", List.of(record("2", NOW.minusSeconds(20))));
    assertThat(scraped().lines())
        .contains(
            "timebridge_record_applied_seconds_bucket{stream=\"timesheet-events\",le=\"10.0\"} 1",
            "timebridge_record_applied_seconds_bucket{stream=\"timesheet-events\",le=\"30.0\"} 2",
            "timebridge_record_handling_seconds_bucket{stream=\"timesheet-events\",le=\"0.025\"} 0",
            "timebridge_record_handling_seconds_bucket{stream=\"timesheet-events\",le=\"0.05\"} 2");
  }

  @Test
  void a_worker_without_shards_does_not_say_that_nothing_is_behind() {
    assertThat(WorkerMeters.behind(Optional.empty())).isNaN();
    assertThat(WorkerMeters.behind(Optional.of(new Lag("s", Duration.ofSeconds(90), true))))
        .isEqualTo(90);
  }

  @Test
  void how_long_a_stream_keeps_its_records_is_no_number_before_it_is_known() throws Exception {
    String series = "\ntimebridge_stream_retention_seconds{stream=\"timesheet-events\"} ";
    AtomicReference<Optional<Duration>> known = new AtomicReference<>(Optional.empty());
    measured.retention(STREAM, known::get);
    assertThat(scraped()).contains(series + "NaN\n");
    known.set(Optional.of(Duration.ofDays(14)));
    assertThat(scraped()).contains(series + "1209600.0\n");
  }

  @Test
  void the_number_of_series_does_not_grow_with_keys_and_what_kcl_names() throws Exception {
    Handler<StreamRecord> handler =
        measured.around(STREAM, (key, records) -> new Outcome.Applied(key));
    Quarantine quarantine = measured.counted((at, reason, detail, data) -> {});
    KclListener kcl = measured.kcl(STREAM);
    for (int i = 0; i < 5_000; i++) {
      String key = Integer.toString(i);
      handler.handle(key, List.of(record(key, NOW)));
      quarantine.quarantine(
          new StreamPosition(STREAM, "shard-" + i, BigInteger.valueOf(i), key),
          REASONS.get(i % REASONS.size()),
          "detail " + i,
          new byte[0]);
      kcl.measured("Operation" + i, "Measure" + i, UNITS.get(i % UNITS.size()), i);
    }
    String text = scraped();
    assertThat(series(text, "timebridge_record")).isLessThan(60);
    assertThat(series(text, "timebridge_kcl")).isLessThanOrEqualTo(3L * (KclMeters.MOST + 3));
    assertThat(text)
        .contains("timebridge_kcl_amount_count{measure=\"other\",operation=\"other\"")
        .doesNotContain("\"4999\"", "Operation4999", "Measure4999")
        .doesNotContain("shard-");
  }

  private static long series(String text, String prefix) {
    return text.lines().filter(line -> line.startsWith(prefix)).count();
  }

  private static StreamRecord record(String key, Instant receivedAt) {
    return new StreamRecord(
        "shard",
        BigInteger.ONE,
        new Envelope(
            "id",
            Envelope.Source.FIRST_SERVICE,
            Route.TIMESHEET_UPDATE,
            key,
            receivedAt,
            Map.of(),
            new byte[0],
            null));
  }

  private String scraped() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(meters.address().orElseThrow()).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
