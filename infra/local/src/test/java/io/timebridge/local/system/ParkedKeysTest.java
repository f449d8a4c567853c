package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.sim.SimControl;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.Rejection;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a parked key does to others, and others to it; SecondService's own ledger is the judge. */
class ParkedKeysTest {
  private static final Logger LOG = LoggerFactory.getLogger(ParkedKeysTest.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long MANY_FROM = 900_000;
  private static final int MANY = 5_000;

  @TempDir static Path folder;

  private static LocalSystem system;
  private static DynamoDbClient dynamoDb;
  private static DynamoDbEntryStore entries;
  private static SampleCompany company;
  private static SimControl first;
  private static SimControl second;
  private static DlqLine dlq;

  @BeforeAll
  static void start() throws Exception {
    LocalSystem.Options calm = LocalSystem.Options.calm(Ports.ANY, 1);
    system =
        LocalSystem.start(
            new LocalSystem.Options(
                calm.ports(), calm.behaviour(), 1, Map.of("retry.backoff", "30m")),
            progress -> {});
    first = system.simulators().first();
    second = system.simulators().second();
    dynamoDb = system.aws().dynamoDb();
    InstantSource clock = InstantSource.system();
    company =
        SampleCompany.found(
            first,
            second,
            new DynamoDbTaskMapping(dynamoDb, system.settings().names(), clock),
            PATIENCE);
    entries = new DynamoDbEntryStore(dynamoDb, system.settings().names(), clock);
    dlq = DlqLine.of(system, folder);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
    system.close();
  }

  private static long entry(String day, int seconds) {
    return first.post("/__sim/entries", company.entry(day, seconds, "n")).path("id").longValue();
  }

  private static void edit(long id, int seconds) {
    first.post(
        "/__sim/entries", "{\"op\":\"edit\",\"id\":%d,\"seconds\":%d}".formatted(id, seconds));
  }

  private static void lockBefore(String day) {
    second.post("/__sim/locks", "{\"before\":\"%s\"}".formatted(day));
  }

  /** How many events of it wait. */
  private static int waiting(long id) throws EntryStore.Unavailable {
    return entries.read(new EntryId(id)).parked();
  }

  /** The hours that SecondService has held for it, in the order in which it was told. */
  private static List<BigDecimal> booked(long id) {
    return second.ledger(0).stream()
        .filter(effect ->
            effect.content().path("strDescription").asString("").endsWith("[TB#" + id + "]"))
        .map(effect -> effect.content().path("dblHours").decimalValue())
        .toList();
  }

  private static void awaitBooked(long id) {
    await().atMost(PATIENCE).until(() -> !booked(id).isEmpty());
  }

  @Test
  void what_follows_a_failed_event_waits_and_is_applied_in_order_while_other_keys_flow()
      throws Exception {
    lockBefore("2026-07-01");
    List<Long> others = new ArrayList<>();
    long bad = entry("2026-06-03", 3_600);
    for (int version = 2; version <= 4; version++) {
      int waits = version - 1;
      await().atMost(PATIENCE).until(() -> waiting(bad) == waits);
      others.add(entry("2026-07-03", 3_600));
      awaitBooked(others.getLast());
      if (version < 4) {
        edit(bad, 3_600 * version);
      }
    }
    assertThat(booked(bad)).as("none before it").isEmpty();
    lockBefore("2026-01-01");
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> {
          dlq.run("redrive", Long.toString(bad));
          return waiting(bad) == 0;
        });
    List<BigDecimal> hours = booked(bad);
    assertThat(hours).isSortedAccordingTo(Comparator.naturalOrder());
    assertThat(hours.getLast()).isEqualByComparingTo("3");
    assertThat(others).allSatisfy(other -> assertThat(booked(other)).hasSize(1));
  }

  @Test
  void a_redrive_of_one_key_among_thousands_applies_no_other() throws Exception {
    parkMany();
    List<Long> redriven = List.of(1L, 1_234L, 2_500L, 4_321L, 4_999L);
    for (long number : redriven) {
      long id = MANY_FROM + number;
      long began = System.nanoTime();
      assertThat(dlq.run("redrive", Long.toString(id)).exit()).isZero();
      awaitBooked(id); // what an earlier redrive had woken as well would have come before this
      LOG.info(
          "booked {} ms after its redrive began, among {} that wait",
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began),
          MANY);
    }
    assertThat(second.ledger(0))
        .extracting(effect -> effect.content().path("strDescription").asString(""))
        .filteredOn(text -> text.contains("one of many"))
        .containsExactlyElementsOf(
            redriven.stream().map(n -> "one of many [TB#" + (MANY_FROM + n) + "]").toList());
    assertThat(listed().valueStream().filter(key -> key.path("key").asLong() >= MANY_FROM))
        .hasSize(MANY - redriven.size());
  }

  private static JsonNode listed() {
    return JSON.readTree(dlq.run("list", "--json").out());
  }

  /** As a worker parks them, for a cause that is over meanwhile: whoever is tried is booked. */
  private static void parkMany() throws Exception {
    JsonNode project = first.state().path("projects").get(0);
    JsonNode client = first.state().path("clients").get(0);
    String body =
        "{\"payload\":{\"id\":%%d,\"updated_at\":1782900000,\"day\":\"2026-07-03\",\"note\":\"one of many\",\"user\":{\"id\":%d},\"project\":{\"external_id\":\"%s\",\"client\":{\"external_id\":\"%s\"}},\"duration\":{\"total_seconds\":3600},\"label_ids\":[%d]}}"
            .formatted(
                company.userId(),
                project.path("external_id").asString(),
                client.path("external_id").asString(),
                company.labelId());
    List<Future<EntryStore.Written>> parked = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      for (long id = MANY_FROM; id < MANY_FROM + MANY; id++) {
        long each = id;
        parked.add(threads.submit(() -> park(each, body.formatted(each))));
      }
    }
    for (Future<EntryStore.Written> each : parked) {
      assertThat(each.get()).isInstanceOf(EntryStore.Written.Done.class);
    }
  }

  private static EntryStore.Written park(long id, String body) throws EntryStore.Unavailable {
    Envelope envelope =
        new Envelope(
            "many-" + id,
            Envelope.Source.FIRST_SERVICE,
            Route.TIMESHEET_UPDATE,
            Long.toString(id),
            Instant.now(),
            Map.of(),
            body.getBytes(StandardCharsets.UTF_8),
            null);
    entries.park(
        new EntryId(id),
        EntryRow.absent(),
        Optional.empty(),
        new StreamRecord("shard-0", BigInteger.ONE, envelope),
        new EntryStore.Parking(
            new Rejection(Rejection.Reason.REFUSED, "planted"),
            OptionalLong.empty(),
            Optional.empty()));
    return entries.woken(new EntryId(id), 1);
  }
}
