package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.cli.Timebridge;
import io.timebridge.local.sim.SimControl;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Old rows are cleaned up under a running system, and their entries still change. */
class CleanupTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private static LocalSystem system;
  private static DynamoDbClient dynamoDb;
  private static SampleCompany company;
  private static SimControl first;

  @BeforeAll
  static void start() throws Exception {
    system = LocalSystem.start(LocalSystem.Options.calm(Ports.ANY, 1), progress -> {});
    first = system.simulators().first();
    dynamoDb = system.aws().dynamoDb();
    company =
        SampleCompany.found(
            first,
            system.simulators().second(),
            new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system()),
            PATIENCE);
    Files.writeString(
        folder.resolve("timebridge.conf"), SettingsText.lines(system.settingsByKey()));
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
    system.close();
  }

  private record Ran(int exit, String out, String err) {}

  private static Ran cleanup(String... arguments) {
    return cleanup(folder.resolve("timebridge.conf"), arguments);
  }

  private static Ran cleanup(Path config, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("cleanup"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--config", config.toString()));
    int exit =
        Timebridge.run(
            new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    return new Ran(exit, out.toString(), err.toString());
  }

  private static long entry(String note) {
    return first
        .post("/__sim/entries", company.entry("2026-07-03", 3600, note))
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

  private static void grow(long entry) {
    dynamoDb.updateItem(r ->
        r.tableName(system.settings().names().table(TableName.TIMESHEET_ENTRIES))
            .key(Map.of("entry_id", AttributeValue.fromS(Long.toString(entry))))
            .updateExpression("SET #at = :at")
            .expressionAttributeNames(Map.of("#at", "at"))
            .expressionAttributeValues(
                Map.of(":at", AttributeValue.fromS("2020-01-01T00:00:00Z"))));
  }

  @Test
  void an_edit_and_a_deletion_still_reach_the_timesheet_of_a_cleaned_up_entry() {
    long edited = entry("edited later");
    long deleted = entry("deleted later");
    long young = entry("young");
    await()
        .atMost(PATIENCE)
        .until(() ->
            timesheets(edited).size() + timesheets(deleted).size() + timesheets(young).size() == 3);
    await().atMost(PATIENCE).until(() -> system.unfinished() == 0);
    grow(edited);
    grow(deleted);
    Ran ran = cleanup("--json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    JsonNode counts = JsonMapper.builder().build().readTree(ran.out());
    assertThat(counts.path("stripped").asInt()).isEqualTo(2);
    assertThat(counts.path("removed").asInt()).isZero();

    long timesheet = timesheets(edited).getFirst().path("idTimesheet").longValue();
    first.post("/__sim/entries", "{\"op\":\"edit\",\"id\":%d,\"seconds\":7200}".formatted(edited));
    first.post("/__sim/entries", "{\"op\":\"delete\",\"id\":%d}".formatted(deleted));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(timesheets(edited)).hasSize(1);
          assertThat(timesheets(edited).getFirst().path("dblHours").decimalValue())
              .isEqualByComparingTo("2");
          assertThat(timesheets(deleted)).isEmpty();
        });
    assertThat(timesheets(edited).getFirst().path("idTimesheet").longValue())
        .as("the same timesheet")
        .isEqualTo(timesheet);
  }

  @Test
  void takes_the_age_of_the_settings_unless_it_is_given() throws Exception {
    long old = entry("old, but not ten years");
    await().atMost(PATIENCE).until(() -> timesheets(old).size() == 1);
    await().atMost(PATIENCE).until(() -> system.unfinished() == 0);
    grow(old);
    Path patient = folder.resolve("patient.conf");
    Files.writeString(
        patient, SettingsText.lines(system.settingsByKey()) + "cleanup.older-than = 3650d\n");
    assertThat(stripped(cleanup(patient, "--dry-run", "--json"))).isZero();
    assertThat(stripped(cleanup(patient, "--dry-run", "--json", "--older-than", "45d"))).isOne();
    assertThat(stripped(cleanup("--json"))).isOne();
  }

  private static int stripped(Ran ran) {
    assertThat(ran.exit()).as(ran.err()).isZero();
    return JsonMapper.builder().build().readTree(ran.out()).path("stripped").asInt();
  }

  @Test
  void refuses_an_age_at_which_a_stream_may_still_hold_events() {
    for (String age : List.of("0d", "13d", "x", "45", "-1d")) {
      Ran ran = cleanup("--older-than=" + age);
      assertThat(ran.exit()).as(age).isEqualTo(2);
      assertThat(ran.err()).contains("--older-than " + age, "at least 14d");
    }
  }
}
