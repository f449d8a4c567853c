package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.cli.Timebridge;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.HttpSecondService;
import io.timebridge.services.second.SecondService;
import io.timebridge.stream.TableName;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Webhooks get lost, people change SecondService by hand, and a person asks whether all is well.
 */
class ReconcileTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final LocalDate DAY = LocalDate.parse("2026-07-03");
  private static final String[] RANGE = {"--from", "2026-06-20", "--to", "2026-07-10"};

  @TempDir Path folder;

  private WakingRig rig;
  private Path config;

  @BeforeEach
  void start() throws Exception {
    rig = new WakingRig(Map.of("reconcile.settle-for", "0s", "retry.backoff", "30m"));
    config = config(Map.of());
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private Path config(Map<String, String> but) throws IOException {
    Map<String, String> settings = new HashMap<>(rig.system.settingsByKey());
    settings.putAll(but);
    return Files.writeString(
        Files.createTempFile(folder, "timebridge", ".conf"), SettingsText.lines(settings));
  }

  /** How it ended. */
  private record Ran(int exit, String out, String err) {
    JsonNode json() {
      return JSON.readTree(out);
    }

    Map<String, Long> kinds() {
      Map<String, Long> kinds = new HashMap<>();
      json()
          .path("kinds")
          .properties()
          .forEach(each -> kinds.put(each.getKey(), each.getValue().asLong()));
      return kinds;
    }

    Set<Long> entries() {
      Set<Long> ids = new TreeSet<>();
      json().path("examples").valueStream().forEach(d -> ids.add(d.path("entry").asLong()));
      return ids;
    }
  }

  private Ran reconcile(String... arguments) {
    return reconcile(config, arguments);
  }

  private Ran reconcile(Path with, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("reconcile"));
    all.addAll(List.of(RANGE));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--config", with.toString()));
    int exit =
        Timebridge.run(
            new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    return new Ran(exit, out.toString(), err.toString());
  }

  private long entry() {
    return rig.entry(rig.company.userId(), rig.company.labelId());
  }

  private long booked() {
    long id = entry();
    rig.awaitBooked(id, "1");
    return id;
  }

  private void lose(double share) {
    rig.first.post("/__sim/delivery", "{\"lose\":%s}".formatted(share));
  }

  private void byHand(String op, long entry, String more) {
    rig.second.post(
        "/__sim/timesheets",
        "{\"op\":\"%s\",\"idTimesheet\":%d%s}"
            .formatted(op, rig.timesheets(entry).getFirst().path("idTimesheet").longValue(), more));
  }

  /** What a person books in SecondService itself. */
  private void bookByHand(long likeEntry, String description) throws Exception {
    JsonNode like = rig.timesheets(likeEntry).getFirst();
    ServiceGate gate =
        new ServiceGate("SecondService", rig.system.settings().secondService().gate());
    try (HttpSecondService second =
        new HttpSecondService(rig.system.settings().secondService(), gate, Clock.systemUTC())) {
      SecondService.Answer answer =
          second.add(
              new SecondService.Timesheet(
                  like.path("idClient").longValue(),
                  like.path("idJob").longValue(),
                  like.path("idTask").longValue(),
                  like.path("idPersonnel").longValue(),
                  BigDecimal.ONE,
                  DAY.plusDays(1),
                  description));
      assertThat(answer).isInstanceOf(SecondService.Answer.Done.class);
    }
  }

  private long foreign() {
    return rig.second
        .state()
        .path("timesheets")
        .valueStream()
        .filter(t -> t.path("strDescription").asString("").equals("a meeting of mine"))
        .count();
  }

  @Test
  void finds_what_was_lost_or_changed_by_hand_repairs_it_and_then_finds_nothing() throws Exception {
    long updated = booked();
    long deleted = booked();
    long inStep = booked();
    long editedByHand = booked();
    long deletedByHand = booked();
    long copied = booked();
    long parked = rig.entry(rig.company.userId(), rig.label("Welding"));
    await().atMost(WakingRig.PATIENCE).until(() -> rig.waiting(parked).isPresent());
    lose(1);
    long created = entry();
    rig.edit(updated, 7200);
    rig.delete(deleted);
    long unmapped = rig.entry(rig.company.userId(), rig.label("Brazing"));
    lose(0);
    byHand("edit", editedByHand, ",\"dblHours\":5,\"dtTimesheet\":\"2026-07-05\"");
    byHand("delete", deletedByHand, "");
    bookByHand(copied, "n [TB#" + copied + "]");
    bookByHand(copied, "n [TB#999999]");
    bookByHand(copied, "a meeting of mine");

    Ran found = reconcile("--json");
    assertThat(found.exit()).as(found.err() + found.out()).isEqualTo(1);
    assertThat(found.kinds())
        .isEqualTo(
            Map.of(
                "missing", 1L,
                "hours", 2L,
                "day", 1L,
                "deleted-in-first", 2L,
                "deleted-in-second", 1L,
                "double", 1L,
                "not-bookable", 1L));
    assertThat(found.entries())
        .containsExactlyInAnyOrder(
            created, updated, deleted, unmapped, editedByHand, deletedByHand, copied, 999999L)
        .doesNotContain(inStep);
    assertThat(found.json().path("lost").asLong()).isEqualTo(4);
    assertThat(found.json().path("waits").properties())
        .singleElement()
        .satisfies(waits -> assertThat(waits.getKey()).isEqualTo("parked: UNMAPPED_LABEL"));
    assertThat(found.json().path("foreign").asLong()).isEqualTo(1);

    Ran young = reconcile(config(Map.of("reconcile.settle-for", "1h")), "--json");
    assertThat(young.entries()).doesNotContain(created, updated);
    assertThat(young.json().path("waits").path("changed a moment ago").asLong()).isPositive();

    Ran repaired = reconcile("--repair", "--wait", "--within", "90");
    assertThat(repaired.exit()).as(repaired.err() + repaired.out()).isZero();
    assertThat(repaired.out()).contains("deleted-in-second", "8 checks published; 0 still differ");

    Ran again = reconcile();
    assertThat(again.exit()).as(again.out()).isZero();
    assertThat(again.out()).contains("equal").contains("parked: UNMAPPED_LABEL");
    rig.awaitBooked(created, "1");
    rig.awaitBooked(updated, "2");
    rig.awaitBooked(editedByHand, "1");
    rig.awaitBooked(deletedByHand, "1");
    rig.awaitBooked(copied, "1");
    assertThat(rig.timesheets(deleted)).isEmpty();
    assertThat(rig.timesheets(999999)).isEmpty();
    assertThat(rig.effects(inStep)).containsExactly("timesheet.add 1");
    assertThat(foreign()).isEqualTo(1); // what is people's own is left alone
    assertThat(reconcile("--last").out()).isEqualTo(again.out());
  }

  @Tag("long")
  @Test
  void what_waits_in_the_stream_is_not_told_as_lost() throws Exception {
    long updated = booked();
    rig.system.stopWorkers();
    rig.edit(updated, 7200);
    entry();
    await()
        .atMost(WakingRig.PATIENCE)
        .untilAsserted(() -> {
          Ran ran = reconcile();
          assertThat(ran.out()).contains("timesheet-events is worked off up to").contains("equal");
          assertThat(ran.exit()).as(ran.err()).isZero();
        });
    Ran ran = reconcile("--json", "--repair");
    assertThat(ran.json().path("repairs").asLong()).isZero();
    assertThat(ran.json().path("waits").valueStream().mapToLong(n -> n.asLong()).sum())
        .isEqualTo(2);
  }

  @Test
  void a_row_that_cannot_be_read_is_told_and_the_rest_is_compared() throws Exception {
    long bad = booked();
    long editedByHand = booked();
    byHand("edit", editedByHand, ",\"dblHours\":5");
    String table = rig.system.settings().names().table(TableName.TIMESHEET_ENTRIES);
    try (DynamoDbClient dynamoDb = rig.system.aws().dynamoDb()) {
      for (long id : List.of(bad, 777_777L)) {
        dynamoDb.updateItem(r ->
            r.tableName(table)
                .key(
                    Map.of(
                        TableName.TIMESHEET_ENTRIES.hashKey(),
                        AttributeValue.fromS(Long.toString(id))))
                .updateExpression("SET place = :none, #s = :live")
                .expressionAttributeNames(Map.of("#s", "state"))
                .expressionAttributeValues(
                    Map.of(
                        ":none", AttributeValue.fromS("nowhere"),
                        ":live", AttributeValue.fromS("LIVE"))));
      }
    }
    Ran found = reconcile("--json");
    assertThat(found.exit()).as(found.err()).isEqualTo(1);
    assertThat(found.kinds()).isEqualTo(Map.of("unreadable", 2L, "hours", 1L));
    assertThat(found.json().path("complete").asBoolean()).isTrue();
    assertThat(found.entries()).containsExactlyInAnyOrder(bad, 777_777L, editedByHand);
    Ran repaired = reconcile("--repair");
    assertThat(repaired.out()).contains("1 checks published").contains("HELD BACK 2 rows");
    assertThat(rig.effects(bad)).containsExactly("timesheet.add 1");
  }

  @Test
  void lists_that_fail_or_lie_make_nothing_up() throws Exception {
    List<Long> entries = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      entries.add(entry());
    }
    entries.forEach(id -> rig.awaitBooked(id, "1"));
    rig.second.faults(
        "["
            + "{\"match\":\"TimesheetList\",\"action\":\"half-list\",\"probability\":0.1,\"seed\":1},"
            + "{\"match\":\"TimesheetList\",\"action\":\"empty-list\",\"probability\":0.2,\"seed\":2},"
            + "{\"match\":\"TimesheetList\",\"action\":\"truncate\",\"probability\":0.2,\"seed\":3},"
            + "{\"match\":\"TimesheetList\",\"action\":\"html\",\"probability\":0.1,\"seed\":4}]");
    rig.first.faults(
        "["
            + "{\"match\":\"/events\",\"action\":\"status\",\"status\":500,\"probability\":0.2,\"seed\":5},"
            + "{\"match\":\"/events\",\"action\":\"truncate\",\"probability\":0.2,\"seed\":6}]");
    for (int run = 0; run < 3; run++) {
      Ran ran = reconcile("--json", "--repair");
      assertThat(ran.json().path("drifts").asLong()).as(ran.out()).isZero();
    }
    rig.second.clearFaults();
    rig.second.faults("[{\"match\":\"TimesheetList\",\"action\":\"empty-list\"}]");
    Ran empty = reconcile("--repair");
    assertThat(empty.exit()).isEqualTo(1);
    assertThat(empty.out()).contains("25 of 25 would be deleted-in-second", "NOT COMPLETE");
    rig.second.clearFaults();
    rig.first.clearFaults();
    assertThat(reconcile().exit()).isZero();
    entries.forEach(id -> assertThat(rig.effects(id)).containsExactly("timesheet.add 1"));
  }
}
