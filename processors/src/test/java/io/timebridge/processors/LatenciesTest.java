package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.lag.Latency;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  private static final String APPLICATION = "timebridge-timesheets";

  private Instant now = Instant.parse("2026-07-03T10:00:00Z");
  private Outcome outcome = new Outcome.Applied("");
  private final List<Duration> each = new ArrayList<>();
  private final Latencies latencies = new Latencies(() -> now);
  private final Handler<StreamRecord> handler =
      latencies.around(APPLICATION, (key, records) -> outcome, each::add);

  private static Envelope envelope(Instant receivedAt) {
    return new Envelope(
        "id",
        Envelope.Source.FIRST_SERVICE,
        Route.TIMESHEET_UPDATE,
        "1",
        receivedAt,
        Map.of(),
        new byte[0],
        null);
  }

  private void handle(Envelope envelope) throws Exception {
    handler.handle("1", List.of(new StreamRecord("shard", BigInteger.ONE, envelope)));
  }

  private Latency look() {
    return latencies.look(now).getOrDefault(APPLICATION, Latency.NONE);
  }

  @Test
  void knows_two_digits_of_how_long_it_took() throws Exception {
    for (int i = 0; i < 100; i++) {
      handle(envelope(now.minusMillis(i < 99 ? 130 : 86_400_000)));
    }
    Latency latency = look();
    assertThat(latency.events()).isEqualTo(100);
    assertThat(latency.within(0.99).orElseThrow())
        .isBetween(Duration.ofMillis(129), Duration.ofMillis(131));
    assertThat(latency.within(1).orElseThrow())
        .isBetween(Duration.ofHours(23), Duration.ofHours(25));
    assertThat(each).hasSize(100).contains(Duration.ofMillis(130), Duration.ofDays(1));
  }

  @Test
  void tells_of_the_last_minute_only() throws Exception {
    handle(envelope(now));
    assertThat(look().events()).isOne();
    now = now.plus(Latencies.SPAN).minusMillis(1);
    handle(envelope(now));
    assertThat(look().events()).isEqualTo(2);
    now = now.plusMillis(1);
    assertThat(look().events()).isOne();
    now = now.plus(Latencies.SPAN);
    assertThat(look()).isEqualTo(Latency.NONE);
  }

  @Test
  void leaves_out_what_had_no_effect_and_what_a_replay_brought() throws Exception {
    outcome = new Outcome.Skipped("older");
    handle(envelope(now));
    outcome = new Outcome.Applied("");
    handle(new Replayed("replay", Optional.of(BigInteger.TEN)).mark(envelope(now)));
    assertThat(look()).isEqualTo(Latency.NONE);
    assertThat(each).isEmpty();
  }

  @Test
  void holds_times_that_two_clocks_made_impossible_and_those_without_end() throws Exception {
    handle(envelope(now.plusSeconds(9)));
    handle(envelope(Instant.EPOCH));
    assertThat(look().within(0.5)).hasValue(Duration.ZERO);
    assertThat(look().events()).isEqualTo(2);
  }
}
