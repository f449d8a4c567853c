package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.stream.TableName;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;

/**
 * Things are done again in a running system, under live load; what SecondService carried out is the
 * judge. A timesheet that somebody deletes there is only reported, so none comes back by itself.
 */
class ReplayTest {
  @TempDir static Path folder;

  private static ReplayRig rig;

  private String since = "";

  /** What each entry of a test is to be, in seconds; 0 = deleted. */
  private final Map<Long, Integer> wanted = new LinkedHashMap<>();

  @BeforeAll
  static void start() throws Exception {
    rig = new ReplayRig(folder, Map.of("timesheet.deleted-by-hand", "report"));
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  @BeforeEach
  void begin() {
    since = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private void track(int entries) {
    for (int i = 0; i < entries; i++) {
      wanted.put(rig.track(), 3600);
    }
  }

  private void edit(long entry, int seconds) {
    rig.system.edit(entry, seconds);
    wanted.put(entry, seconds);
  }

  private void delete(long entry) {
    rig.system.delete(entry);
    wanted.put(entry, 0);
  }

  /** Every third is edited, every fifth deleted. */
  private void live() {
    int i = 0;
    for (long entry : List.copyOf(wanted.keySet())) {
      if (i % 3 == 0) {
        edit(entry, 7200);
      }
      if (i % 5 == 0) {
        delete(entry);
      }
      i++;
    }
  }

  /** Each live entry is booked once, as it is; no deleted one is. */
  private boolean isAsWanted() {
    Map<String, List<BigDecimal>> hours = new HashMap<>();
    rig.system
        .second
        .state()
        .path("timesheets")
        .forEach(t ->
            hours
                .computeIfAbsent(
                    t.path("strDescription").asString("").replaceAll(".*\\[TB#(\\d+)]$", "$1"),
                    k -> new ArrayList<>())
                .add(t.path("dblHours").decimalValue().stripTrailingZeros()));
    return wanted.entrySet().stream()
        .allMatch(e -> {
          List<BigDecimal> is = hours.getOrDefault(Long.toString(e.getKey()), List.of());
          return e.getValue() == 0
              ? is.isEmpty()
              : is.equals(
                  List.of(
                      new BigDecimal(e.getValue())
                          .divide(new BigDecimal(3600))
                          .stripTrailingZeros()));
        });
  }

  private void awaitWanted() {
    await().atMost(WakingRig.PATIENCE).until(this::isAsWanted);
    await().atMost(WakingRig.PATIENCE).until(() -> rig.system.system.unfinished() == 0);
  }

  @Test
  void what_was_applied_is_not_applied_again() {
    track(12);
    live();
    awaitWanted();
    int before = rig.ledger();
    JsonNode ran = rig.replay("--from", since);
    assertThat(ran.path("read").asInt()).isGreaterThanOrEqualTo(18);
    assertThat(ran.path("underWay").asInt()).isZero();
    assertThat(rig.ledger()).isEqualTo(before);
    assertThat(isAsWanted()).isTrue();
  }

  @Test
  void what_was_lost_is_applied_once() {
    track(12);
    live();
    awaitWanted();
    rig.loseTimesheets(0);
    rig.loseRows();
    int before = rig.ledger();
    JsonNode ran = rig.replay("--from", since);
    assertThat(
            ran.path("counts").path("to_look_up").asInt()
                + ran.path("counts").path("to_apply").asInt()
                + ran.path("counts").path("to_ask").asInt())
        .isEqualTo(ran.path("published").asInt())
        .isGreaterThanOrEqualTo(10);
    assertThat(isAsWanted()).isTrue();
    wanted.forEach((entry, seconds) -> {
      if (seconds > 0) {
        assertThat(rig.effects(entry, before))
            .filteredOn(e -> e.startsWith("timesheet.add"))
            .hasSize(1);
      }
    });
  }

  @Test
  void what_is_booked_is_found_and_not_booked_again_where_only_its_row_was_lost() {
    track(12);
    for (long entry : List.copyOf(wanted.keySet())) {
      edit(entry, 7200);
    }
    awaitWanted();
    rig.loseRows();
    int before = rig.ledger();
    JsonNode ran = rig.replay("--from", since);
    assertThat(ran.path("counts").path("to_look_up").asInt()).isGreaterThanOrEqualTo(12);
    assertThat(rig.ledger()).isEqualTo(before);
    assertThat(isAsWanted()).isTrue();
  }

  @Test
  void a_replay_that_is_killed_beside_live_load_goes_on_and_nothing_is_doubled() throws Exception {
    track(40);
    awaitWanted();
    String until = Instant.now().toString();
    rig.loseTimesheets(0);
    rig.loseRows();
    int before = rig.ledger();
    String[] arguments = {"--from", since, "--to", until};
    try (Processes processes = new Processes(folder)) {
      Processes.Started started =
          processes.begin(
              "replay",
              "--stream",
              "timesheet-events",
              "--from",
              since,
              "--to",
              until,
              "--rate",
              "8");
      await().atMost(WakingRig.PATIENCE).until(() -> rig.ledger() - before >= 8 && hasPosition());
      List<Long> entries = List.copyOf(wanted.keySet());
      edit(entries.getLast(), 9000); // not yet done again: its update becomes its add
      started.kill();
      edit(entries.getFirst(), 5400);
      delete(entries.get(1));
      track(5);
    }
    int killedAt = rig.ledger();
    rig.replay(arguments);
    awaitWanted();
    assertThat(killedAt - before).as("half-way").isLessThan(40);
    wanted.forEach((entry, seconds) -> {
      List<String> done = rig.effects(entry, before);
      assertThat(done).doesNotHaveDuplicates();
      assertThat(done).filteredOn(e -> e.startsWith("timesheet.add")).hasSizeLessThanOrEqualTo(1);
    });
  }

  private static boolean hasPosition() {
    return rig.rows(TableName.COORDINATION).stream()
        .anyMatch(row ->
            row.getOrDefault("name", AttributeValue.fromS("")).s().startsWith("replay/")
                && row.containsKey("held_by")
                && !row.getOrDefault("read_to", AttributeValue.fromM(Map.of())).m().isEmpty());
  }

  @Test
  void after_a_loss_in_second_service_every_live_entry_is_made_anew_once_from_the_backup() {
    track(10);
    live();
    awaitWanted();
    await().atMost(WakingRig.PATIENCE).until(this::areBackedUp);
    long firstId =
        rig.system
            .timesheets(
                wanted.entrySet().stream()
                    .filter(e -> e.getValue() > 0)
                    .findFirst()
                    .orElseThrow()
                    .getKey())
            .getFirst()
            .path("idTimesheet")
            .longValue();
    rig.loseTimesheets(firstId); // as a database does that was restored
    long live = rig.track();
    rig.system.awaitBooked(live, "1");
    assertThat(rig.system.timesheets(live).getFirst().path("idTimesheet").longValue())
        .as("the id that another row speaks of")
        .isEqualTo(firstId);
    int before = rig.ledger();
    JsonNode ran = rig.replay("--from", since, "--from-backup", "--force");
    awaitWanted();
    assertThat(ran.path("published").asInt()).isGreaterThanOrEqualTo(10);
    wanted.forEach((entry, seconds) ->
        assertThat(rig.effects(entry, before))
            .hasSize(seconds > 0 ? 1 : 0)
            .allSatisfy(e -> assertThat(e).startsWith("timesheet.add")));
    assertThat(rig.effects(live, before)).isEmpty();
    assertThat(rig.system.timesheets(live)).hasSize(1);
  }

  @Test
  void a_timesheet_that_live_traffic_takes_from_an_entry_checked_before_is_made_anew()
      throws Exception {
    WakingRig people = rig.system;
    long unmapped = people.label("Later");
    long first = people.entry(people.company.userId(), unmapped);
    await().atMost(WakingRig.PATIENCE).until(() -> people.waiting(first).isPresent());
    track(8);
    long last = rig.track();
    wanted.put(last, 3600);
    awaitWanted();
    long givenAgain = rig.timesheet(last);
    rig.loseTimesheets(givenAgain);
    people.map(unmapped);
    people.awaitBooked(first, "1");
    wanted.put(first, 3600);
    assertThat(rig.timesheet(first)).as("the id that another row speaks of").isEqualTo(givenAgain);
    String before = revision(first);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<JsonNode> replay =
          threads.submit(() -> rig.replay("--from", since, "--force", "--rate", "2"));
      await()
          .atMost(WakingRig.PATIENCE)
          .until(() -> replay.isDone() || (!revision(first).equals(before) && hasNoIntent(first)));
      edit(last, 7200); // by its row's id, which is the first one's timesheet
      JsonNode ran = replay.get();
      awaitWanted();
      assertThat(ran.path("counts").path("check_again").asInt()).isGreaterThanOrEqualTo(10);
    }
  }

  private static String revision(long entry) {
    return row(entry).getOrDefault("seq", AttributeValue.fromS("")).toString();
  }

  private static boolean hasNoIntent(long entry) {
    return row(entry).keySet().stream().noneMatch(name -> name.startsWith("intent"));
  }

  private static Map<String, AttributeValue> row(long entry) {
    return rig.rows(TableName.TIMESHEET_ENTRIES).stream()
        .filter(row -> ReplayRig.id(row).equals(Long.toString(entry)))
        .findFirst()
        .orElse(Map.of());
  }

  @Tag("long")
  @Test
  void a_second_comparison_that_was_killed_goes_on_with_every_entry_of_the_first()
      throws Exception {
    track(8);
    awaitWanted();
    String until = Instant.now().toString();
    String[] arguments = {"--from", since, "--to", until, "--force"};
    try (Processes processes = new Processes(folder)) {
      Processes.Started started =
          processes.begin(
              "replay",
              "--stream",
              "timesheet-events",
              "--from",
              since,
              "--to",
              until,
              "--force",
              "--rate",
              "2");
      await().atMost(WakingRig.PATIENCE).until(() -> hasPosition("entries-again"));
      started.kill();
    }
    JsonNode ran = rig.replay(arguments);
    assertThat(ran.path("counts").path("check_live").asInt()).isEqualTo(8);
    assertThat(ran.path("counts").path("check_again").asInt()).isEqualTo(8);
    assertThat(ran.path("lost")).isEmpty();
    assertThat(isAsWanted()).isTrue();
  }

  private static boolean hasPosition(String part) {
    return rig.rows(TableName.COORDINATION).stream()
        .anyMatch(row ->
            row.containsKey("held_by")
                && row.getOrDefault("read_to", AttributeValue.fromM(Map.of()))
                    .m()
                    .containsKey(part));
  }

  @Test
  void what_came_back_of_an_entry_whose_deletion_says_nothing_is_found_by_its_backup() {
    long deleted = rig.track();
    long other = rig.track();
    wanted.put(deleted, 3600);
    awaitWanted();
    rig.system.awaitBooked(other, "1");
    await().atMost(WakingRig.PATIENCE).until(this::areBackedUp);
    begin();
    rig.system.first.post("/__sim/delivery", "{\"shape\":\"thin\"}");
    try {
      delete(deleted);
      awaitWanted();
    } finally {
      rig.system.first.post("/__sim/delivery", "{\"shape\":\"mixed\"}");
    }
    await().atMost(WakingRig.PATIENCE).until(this::areBackedUp);
    rig.describe(other, "n [TB#" + deleted + "]"); // as a restored database would hold it
    rig.replay("--from", since, "--force");
    awaitWanted();
    assertThat(rig.system.timesheets(deleted)).isEmpty();
  }

  @Test
  void jobs_whose_rows_were_lost_are_known_again_and_not_made_twice() {
    String always = "30m";
    int projects = rig.system.first.state().path("projects").size();
    JsonNode applied = rig.replayOf("job-events", "--from", always);
    assertThat(applied.path("counts").path("applied").asInt()).isPositive();
    assertThat(applied.path("published").asInt()).isZero();
    rig.loseJobRows();
    JsonNode ran = rig.replayOf("job-events", "--from", always, "--restart");
    assertThat(ran.path("counts").path("to_apply").asInt()).isPositive();
    assertThat(ran.path("underWay").asInt()).isZero();
    assertThat(rig.rows(TableName.JOB_DATA)).isNotEmpty();
    assertThat(rig.system.first.state().path("projects").size()).isEqualTo(projects);
  }

  private boolean areBackedUp() {
    Map<String, Map<String, AttributeValue>> rows = new HashMap<>();
    rig.rows(TableName.TIMESHEET_BACKUP).forEach(row -> rows.put(ReplayRig.id(row), row));
    return wanted.entrySet().stream()
        .allMatch(e -> {
          Map<String, AttributeValue> row = rows.get(Long.toString(e.getKey()));
          return row != null && row.containsKey("deleted_at") == (e.getValue() == 0);
        });
  }
}
