package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.cli.Timebridge;
import io.timebridge.local.sim.SimControl;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.TaskMapping;
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
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code ./timebridge entry}, as a person types it, on a running system. */
class EntryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The first label is the company's; the next one's children name no task. */
  private static final long EXCLUDED = 2002;

  @TempDir static Path folder;

  private static LocalSystem system;
  private static DynamoDbClient dynamoDb;
  private static DynamoDbTaskMapping mapping;
  private static SampleCompany company;
  private static SimControl first;

  @BeforeAll
  static void start() throws Exception {
    LocalSystem.Options calm = LocalSystem.Options.calm(Ports.ANY, 1);
    system =
        LocalSystem.start(
            new LocalSystem.Options(
                calm.ports(),
                calm.behaviour(),
                1,
                Map.of(
                    "retry.backoff",
                    "30m",
                    "timesheet.excluded-parent-labels",
                    Long.toString(EXCLUDED))),
            progress -> {});
    first = system.simulators().first();
    dynamoDb = system.aws().dynamoDb();
    mapping = new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system());
    company = SampleCompany.found(first, system.simulators().second(), mapping, PATIENCE);
    Files.writeString(
        folder.resolve("timebridge.conf"), SettingsText.lines(system.settingsByKey()));
    assertThat(label("Absence", 0)).isEqualTo(EXCLUDED);
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
    system.close();
  }

  private record Ran(int exit, String out, String err) {}

  private static Ran timebridge(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--config", folder.resolve("timebridge.conf").toString()));
    int exit =
        Timebridge.run(
            new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    return new Ran(exit, out.toString(), err.toString());
  }

  private static String told(long entry, String... options) {
    List<String> all = new ArrayList<>(List.of("entry", Long.toString(entry)));
    all.addAll(List.of(options));
    Ran ran = timebridge(all.toArray(String[]::new));
    assertThat(ran.exit()).as(ran.err() + ran.out()).isZero();
    return ran.out();
  }

  private static JsonNode json(long entry) {
    return JSON.readTree(told(entry, "--offline", "--json"));
  }

  private static String standing(long entry) {
    Ran ran = timebridge("entry", Long.toString(entry), "--offline", "--json");
    return JSON.readTree(ran.out()).path("standing").asString();
  }

  private static void awaitStanding(long entry, String standing) {
    await().atMost(PATIENCE).until(() -> standing(entry).equals(standing));
  }

  private static List<String> line(long entry) {
    return json(entry)
        .path("timeLine")
        .valueStream()
        .map(i -> i.path("what").asString())
        .filter(what -> !what.startsWith("backup") && !what.equals("backed up"))
        .toList();
  }

  private static long label(String name, long parent) {
    ObjectNode body = JSON.createObjectNode().put("name", name);
    body.put("parent_id", parent == 0 ? null : parent);
    return first.post("/__sim/labels", body).path("id").longValue();
  }

  private static long entry(long label, String note) {
    SampleCompany whose = new SampleCompany(company.userId(), label, company.projectId());
    return first
        .post("/__sim/entries", whose.entry("2026-07-03", 3600, note))
        .path("id")
        .longValue();
  }

  private static void edit(long entry, int seconds) {
    first.post(
        "/__sim/entries", "{\"op\":\"edit\",\"id\":%d,\"seconds\":%d}".formatted(entry, seconds));
  }

  private static void delete(long entry) {
    first.post("/__sim/entries", "{\"op\":\"delete\",\"id\":%d}".formatted(entry));
  }

  private static long timesheet(long entry) {
    return system
        .simulators()
        .second()
        .state()
        .path("timesheets")
        .valueStream()
        .filter(t -> t.path("strDescription").asString("").endsWith("[TB#" + entry + "]"))
        .findFirst()
        .orElseThrow()
        .path("idTimesheet")
        .longValue();
  }

  @Test
  void a_booked_edited_and_deleted_entry_tells_its_life_and_what_both_services_say() {
    long id = entry(company.labelId(), "a private note");
    awaitStanding(id, "booked");
    long timesheet = timesheet(id);
    assertThat(told(id))
        .contains(
            "is booked as timesheet " + timesheet,
            "a call is announced: add",
            "new-timesheet-entry, seq ",
            "done: added timesheet " + timesheet,
            "says that it lives: version",
            "3600 s on 2026-07-03",
            "shows timesheet " + timesheet + " of person",
            "2026-07-03: 1 h, job ",
            "the log has it")
        .doesNotContain("private note", "Ada");
    edit(id, 7200);
    await().atMost(PATIENCE).until(() -> line(id).size() == 4 && standing(id).equals("booked"));
    assertThat(told(id)).contains("done: updated timesheet " + timesheet, "2026-07-03: 2 h, job ");
    delete(id);
    awaitStanding(id, "deleted");
    assertThat(line(id))
        .containsExactly(
            "announced", "concluded", "announced", "concluded", "announced", "concluded");
    String story = told(id);
    assertThat(story)
        .contains(
            "The entry is deleted",
            "done: deleted timesheet " + timesheet,
            "says that there is no such entry, or none any more");
  }

  @Test
  void an_entry_that_is_not_meant_to_be_booked_says_why() {
    long excluded = entry(label("Holiday", EXCLUDED), "n");
    awaitStanding(excluded, "nothing_to_book");
    assertThat(told(excluded, "--offline"))
        .contains(
            "It is not booked, and is not meant to be",
            "timesheet.excluded-parent-labels",
            "no call was needed: nothing to book: no-label",
            "not asked: --offline");
    ObjectNode unlabelled = (ObjectNode) JSON.readTree(company.entry("2026-07-03", 3600, "n"));
    unlabelled.putArray("label_ids");
    long id = first.post("/__sim/entries", unlabelled).path("id").longValue();
    awaitStanding(id, "nothing_to_book");
    assertThat(told(id)).contains("timesheet.unlabelled-task is not set", "shows nothing of it");
  }

  @Test
  void a_parked_entry_says_what_it_waits_for_and_after_the_redrive_how_it_was_booked()
      throws Exception {
    long welding = label("Welding \u001b[31mred\u009b1m\u202e<script>alert(1)</script>", 0);
    long id = entry(welding, "a private note");
    awaitStanding(id, "waits");
    await().atMost(PATIENCE).until(() -> line(id).contains("rejected again"));
    edit(id, 7200);
    await().atMost(PATIENCE).until(() -> line(id).contains("followed"));
    String story = told(id);
    assertThat(story)
        .contains(
            "no task is mapped for label Welding",
            "mapping set " + welding + " TASK",
            "wait, in their order: 2; tries in vain: 1",
            "dlq redrive " + id,
            "parked: UNMAPPED_LABEL label:" + welding,
            "a wake-up was sent")
        .doesNotContain("\u001b", "\u009b", "\u202e", "private note");
    assertThat(story.chars().filter(c -> Character.isISOControl(c) && c != '\n')).isEmpty();
    String json = told(id, "--offline", "--json");
    assertThat(json.chars().allMatch(c -> c == '\n' || (c >= ' ' && c <= '~'))).isTrue();

    mapping.map(welding, new TaskMapping.TaskRef.ByName("Design"), "test");
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> {
          timebridge("dlq", "redrive", Long.toString(id));
          return standing(id).equals("booked");
        });
    assertThat(line(id)).startsWith("parked").endsWith("drained");
    assertThat(told(id))
        .contains("2 events: added timesheet " + timesheet(id), "2026-07-03: 2 h, job ");
  }

  @Test
  void an_entry_that_was_given_up_says_by_whom_and_why() {
    long id = entry(label("Brazing", 0), "n");
    awaitStanding(id, "waits");
    await().atMost(PATIENCE).until(() -> line(id).contains("rejected again"));
    assertThat(timebridge("dlq", "discard", Long.toString(id), "--reason", "never mind").exit())
        .isZero();
    String story = told(id, "--offline");
    assertThat(story)
        .contains("given_up".replace('_', ' '), "never mind", "by operator", "1 event");
    assertThat(standing(id)).isEqualTo("given_up");
  }

  @Test
  void an_unknown_entry_says_what_is_known_and_fails() {
    Ran ran = timebridge("entry", "987654321");
    assertThat(ran.exit()).isOne();
    assertThat(ran.out())
        .contains(
            "stands           unknown",
            "There is no row: nothing of it ever arrived",
            "FirstService says that there is no such entry");
  }

  @Test
  void a_record_that_was_kept_out_is_part_of_its_entrys_story() {
    try (KinesisClient kinesis = system.aws().kinesis()) {
      kinesis.putRecord(r ->
          r.streamName(system.settings().names().stream(StreamName.TIMESHEET_EVENTS))
              .partitionKey("424242")
              .data(SdkBytes.fromUtf8String("no envelope")));
    }
    await().atMost(PATIENCE).until(() -> timebridge("entry", "424242", "--offline").exit() == 0);
    assertThat(told(424242, "--offline")).contains("kept out, and are never applied: 1");
  }

  @Test
  void a_row_from_before_there_were_histories_reads_well() {
    dynamoDb.putItem(r ->
        r.tableName(system.settings().names().table(TableName.TIMESHEET_ENTRIES))
            .item(
                Map.of(
                    "entry_id", AttributeValue.fromS("31313131"),
                    "rev", AttributeValue.fromN("2"),
                    "v", AttributeValue.fromN("1763800000"),
                    "state", AttributeValue.fromS("LIVE"),
                    "tid", AttributeValue.fromN("4711"),
                    "place", AttributeValue.fromS("17|2026-07-03"))));
    assertThat(told(31313131, "--offline"))
        .contains("is booked as timesheet 4711", "the row tells nothing of its writes (2)");
  }

  @Test
  void refuses_what_is_no_id() {
    for (String id : List.of("0", "x", "1.5", "99999999999999999999")) {
      Ran ran = timebridge("entry", id);
      assertThat(ran.exit()).isEqualTo(2);
      assertThat(ran.err()).contains("ID " + id, "a whole number from 1 on");
    }
  }
}
