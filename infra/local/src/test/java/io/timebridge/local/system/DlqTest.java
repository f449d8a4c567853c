package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.sim.SimControl;
import io.timebridge.timesheet.TaskMapping;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A person puts a cause right in a running system whose own next try is half an hour away. */
class DlqTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir static Path folder;

  private static LocalSystem system;
  private static DynamoDbClient dynamoDb;
  private static DynamoDbTaskMapping mapping;
  private static SampleCompany company;
  private static SimControl first;
  private static DlqLine line;

  @BeforeAll
  static void start() throws Exception {
    LocalSystem.Options calm = LocalSystem.Options.calm(Ports.ANY, 1);
    system =
        LocalSystem.start(
            new LocalSystem.Options(
                calm.ports(), calm.behaviour(), 1, Map.of("retry.backoff", "30m")),
            progress -> {});
    first = system.simulators().first();
    dynamoDb = system.aws().dynamoDb();
    mapping = new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system());
    company = SampleCompany.found(first, system.simulators().second(), mapping, PATIENCE);
    line = DlqLine.of(system, folder);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
    system.close();
  }

  private static DlqLine.Ran dlq(String... arguments) {
    return line.run(arguments);
  }

  private static JsonNode listed() {
    return JSON.readTree(dlq("list", "--json").out());
  }

  private static SampleCompany unmapped(String label) {
    long id =
        first
            .post("/__sim/labels", "{\"name\":\"%s\",\"parent_id\":null}".formatted(label))
            .path("id")
            .longValue();
    return new SampleCompany(company.userId(), id, company.projectId());
  }

  private static long entry(SampleCompany whose, String note) {
    return first
        .post("/__sim/entries", whose.entry("2026-07-03", 3600, note))
        .path("id")
        .longValue();
  }

  private static List<JsonNode> timesheets(long entry) {
    return system
        .simulators()
        .second()
        .state()
        .path("timesheets")
        .valueStream()
        .filter(t -> t.path("strDescription").asString("").endsWith("[TB#" + entry + "]"))
        .toList();
  }

  private static void awaitAttempts(long id, int attempts) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            listed()
                .valueStream()
                .anyMatch(k ->
                    k.path("key").asString().equals(Long.toString(id))
                        && k.path("attempts").asInt() >= attempts));
  }

  @Test
  void an_entry_is_booked_soon_after_its_label_is_mapped_and_its_key_redriven() throws Exception {
    SampleCompany whose = unmapped("Welding");
    long id = entry(whose, "first words");
    awaitAttempts(id, 1); // its wake-up was in vain, and stays away for half an hour
    first.post("/__sim/entries", "{\"op\":\"edit\",\"id\":%d,\"seconds\":7200}".formatted(id));
    await()
        .atMost(PATIENCE)
        .until(() -> listed().valueStream().anyMatch(k -> k.path("waiting").asInt() >= 2));
    DlqLine.Ran shown = dlq("show", Long.toString(id));
    assertThat(shown.out()).contains("UNMAPPED_LABEL").doesNotContain("first words");
    mapping.map(whose.labelId(), new TaskMapping.TaskRef.ByName("Design"), "test");
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> {
          dlq("redrive", "--reason", "UNMAPPED_LABEL");
          return !timesheets(id).isEmpty();
        });
    assertThat(timesheets(id)).hasSize(1);
    assertThat(timesheets(id).getFirst().path("dblHours").decimalValue()).isEqualByComparingTo("2");
    await().atMost(PATIENCE).until(() -> listed().isEmpty());
  }

  @Test
  void an_entry_that_was_given_up_takes_its_next_edit() throws Exception {
    SampleCompany whose = unmapped("Brazing");
    long id = entry(whose, "n");
    awaitAttempts(id, 1);
    DlqLine.Ran ran = dlq("discard", Long.toString(id), "--reason", "never mind");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(timesheets(id)).isEmpty();
    mapping.map(whose.labelId(), new TaskMapping.TaskRef.ByName("Design"), "test");
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(3)) // longer than an unmapped label is remembered
        .until(() -> {
          if (timesheets(id).isEmpty() && listed().isEmpty()) {
            first.post(
                "/__sim/entries",
                "{\"op\":\"edit\",\"id\":%d,\"seconds\":%d}"
                    .formatted(id, 5000 + System.nanoTime() % 1000));
          }
          dlq("redrive", "--all");
          return !timesheets(id).isEmpty();
        });
    assertThat(timesheets(id)).hasSize(1);
  }
}
