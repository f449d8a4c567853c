package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.alerts.Alert;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.reconcile.Result;
import io.timebridge.reconcile.ResultJson;
import io.timebridge.reconcile.ResultStore;
import io.timebridge.reconcile.World;
import io.timebridge.reconcile.World.Fate;
import io.timebridge.settings.Settings;
import io.timebridge.stream.EntryId;
import io.timebridge.turn.Turn;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A deployment compares by itself, at night, and tells what it finds. */
class ReconcileScheduleTest {
  private static final Instant NIGHT = Instant.parse("2026-06-30T02:30:00Z");

  private Instant now = NIGHT;
  private final FleetAlerts alerts = new FleetAlerts();
  private final Kept kept = new Kept();
  private final OneTurn turn = new OneTurn();
  private World world = new World(1, 3);
  private boolean breaksMeanwhile;

  /** The last results. */
  private static final class Kept implements ResultStore {
    private final List<Result> results = new ArrayList<>();
    private boolean unreadable;

    @Override
    public void keep(Result result) {
      results.add(result);
    }

    @Override
    public Optional<JsonNode> last() throws StoreTrouble {
      if (unreadable) {
        throw new StoreTrouble("planted", null);
      }
      return results.isEmpty()
          ? Optional.empty()
          : Optional.of(ResultJson.of(results.getLast(), 20));
    }
  }

  /** A turn that remembers when the work was done. */
  private final class OneTurn implements Turn {
    private Optional<Instant> doneAt = Optional.empty();
    private boolean taken;
    private boolean othersTakeIt;
    private int given;

    @Override
    public boolean take(Duration holdFor) {
      return !othersTakeIt;
    }

    @Override
    public boolean takeAfter(Duration every, Duration holdFor) {
      taken = doneAt.isEmpty() || !now.isBefore(doneAt.get().plus(every));
      return taken;
    }

    @Override
    public void done() {
      doneAt = Optional.of(now);
    }

    @Override
    public void give() {
      given++;
    }
  }

  private ReconcileSchedule schedule(String every, Settings.Reconcile.Repair repair) {
    return schedule(every, "02:00", repair);
  }

  private ReconcileSchedule schedule(
      String every, String notBefore, Settings.Reconcile.Repair repair) {
    return new ReconcileSchedule(
        () -> {
          alerts.broken = breaksMeanwhile;
          return world;
        },
        turn,
        kept,
        alerts,
        new Settings.Reconcile(
            Duration.parse(every),
            Optional.of(LocalTime.parse(notBefore)),
            31,
            repair,
            Duration.ZERO),
        () -> now);
  }

  @Test
  void tells_what_differs_repairs_what_was_lost_and_tells_when_it_is_over() throws Exception {
    EntryId lost = world.entry(Fate.CREATE_LOST);
    world.entry(Fate.EDITED_BY_HAND);
    ReconcileSchedule schedule = schedule("PT24H", Settings.Reconcile.Repair.LOST);
    schedule.runIfDue();
    assertThat(alerts.sent).containsExactly("FirstService and SecondService differ in 2 entries");
    assertThat(world.verified).containsOnlyKeys(lost);
    assertThat(kept.last().orElseThrow().path("drifts").asInt()).isEqualTo(2);
    world = new World(1, 3);
    world.entry(Fate.IN_STEP);
    now = NIGHT.plus(Duration.ofDays(1));
    schedule.runIfDue();
    assertThat(alerts.sent).last().isEqualTo("Over: FirstService and SecondService differ");
    assertThat(kept.results).hasSize(2);
  }

  @Test
  void tells_once_each_night_that_something_differs_however_early_it_is_found() throws Exception {
    world.entry(Fate.EDITED_BY_HAND);
    ReconcileSchedule schedule = schedule("PT24H", Settings.Reconcile.Repair.LOST);
    List<String> ends =
        List.of("2026-06-30T05:59:00Z", "2026-07-01T02:03:00Z", "2026-07-02T02:09:00Z");
    for (int night = 0; night < ends.size(); night++) {
      now = Instant.parse(ends.get(night));
      schedule.runIfDue();
      schedule.runIfDue();
      assertThat(alerts.sent).as(ends.get(night)).hasSize(night + 1);
    }
  }

  @Test
  void tells_each_night_when_the_hours_go_past_midnight() throws Exception {
    world.entry(Fate.EDITED_BY_HAND);
    ReconcileSchedule schedule = schedule("PT24H", "23:00", Settings.Reconcile.Repair.LOST);
    now = Instant.parse("2026-07-01T02:59:00Z"); // the same day in UTC as the next one
    schedule.runIfDue();
    now = Instant.parse("2026-07-01T23:00:00Z");
    schedule.runIfDue();
    assertThat(alerts.sent).hasSize(2);
  }

  @Test
  void tells_a_night_once_though_two_processes_have_compared() throws Exception {
    world.entry(Fate.EDITED_BY_HAND);
    schedule("PT24H", Settings.Reconcile.Repair.LOST).runIfDue();
    turn.doneAt = Optional.empty(); // the other one stood still for longer than its turn
    schedule("PT24H", Settings.Reconcile.Repair.LOST).runIfDue();
    assertThat(world.comparisons).isEqualTo(2);
    assertThat(alerts.sent).hasSize(1);
  }

  @Test
  void tells_no_more_often_than_daily_what_is_compared_every_hour() throws Exception {
    world.entry(Fate.EDITED_BY_HAND);
    ReconcileSchedule schedule = schedule("PT1H", Settings.Reconcile.Repair.LOST);
    for (int hour = 0; hour < 5; hour++) {
      now = NIGHT.plus(Duration.ofHours(hour));
      schedule.runIfDue();
    }
    assertThat(world.comparisons).isEqualTo(5);
    assertThat(alerts.sent).hasSize(1);
  }

  @Test
  void tells_again_what_was_not_taken_since_another_process_was_telling() throws Exception {
    world.entry(Fate.EDITED_BY_HAND);
    ReconcileSchedule schedule = schedule("PT24H", Settings.Reconcile.Repair.LOST);
    alerts.claimed = true;
    assertThatThrownBy(schedule::runIfDue).isInstanceOf(StoreTrouble.class);
    alerts.claimed = false;
    schedule.runIfDue();
    assertThat(alerts.sent).hasSize(1);
    world = new World(1, 3);
    world.entry(Fate.IN_STEP);
    now = NIGHT.plus(Duration.ofDays(1));
    alerts.claimed = true;
    assertThatThrownBy(schedule::runIfDue).isInstanceOf(StoreTrouble.class);
    alerts.claimed = false;
    schedule.runIfDue();
    assertThat(alerts.sent).last().isEqualTo("Over: FirstService and SecondService differ");
    assertThat(world.comparisons).isEqualTo(1);
  }

  @Test
  void tells_that_comparing_fails_after_three_times_and_leaves_it_for_that_night()
      throws Exception {
    world.entry(Fate.EDITED_BY_HAND);
    world.defective = true;
    ReconcileSchedule schedule = schedule("PT24H", Settings.Reconcile.Repair.LOST);
    for (int look = 0; look < 12; look++) {
      now = now.plus(Duration.ofMinutes(10));
      schedule.runIfDue();
    }
    assertThat(world.comparisons).isEqualTo(3);
    assertThat(turn.given).as("others do not try at once").isZero();
    assertThat(alerts.sent).containsExactly("FirstService and SecondService could not be compared");
    assertThat(kept.last().orElseThrow().path("incomplete").toString())
        .contains("failed 3 times", "IllegalStateException");
    world.defective = false;
    now = NIGHT.plus(Duration.ofDays(1));
    schedule.runIfDue();
    assertThat(alerts.sent).last().isEqualTo("FirstService and SecondService differ in 1 entries");
  }

  @Test
  void compares_though_the_last_result_cannot_be_read() throws Exception {
    world.entry(Fate.EDITED_BY_HAND);
    kept.unreadable = true;
    schedule("PT24H", Settings.Reconcile.Repair.LOST).look();
    assertThat(kept.results).hasSize(1);
    assertThat(alerts.sent).hasSize(1);
  }

  @Test
  void begins_within_its_hours_and_once_a_night() throws Exception {
    ReconcileSchedule schedule = schedule("PT24H", Settings.Reconcile.Repair.OFF);
    for (String hour : List.of("00:30", "01:59", "06:01", "14:00", "23:59")) {
      now = Instant.parse("2026-06-30T" + hour + ":00Z");
      schedule.runIfDue();
    }
    assertThat(kept.results).isEmpty();
    now = Instant.parse("2026-06-30T05:59:00Z");
    schedule.runIfDue();
    assertThat(kept.results).hasSize(1);
    now = Instant.parse("2026-07-01T02:00:00Z"); // early again after a late one
    schedule.runIfDue();
    now = Instant.parse("2026-07-01T05:00:00Z");
    schedule.runIfDue();
    assertThat(kept.results).hasSize(2);
  }

  @Test
  void compares_at_any_hour_where_it_is_done_more_often() throws Exception {
    now = Instant.parse("2026-06-30T14:00:00Z");
    schedule("PT1H", Settings.Reconcile.Repair.OFF).runIfDue();
    assertThat(kept.results).hasSize(1);
  }

  @Test
  void never_compares_when_that_is_set() throws Exception {
    schedule("PT0S", Settings.Reconcile.Repair.OFF).runIfDue();
    assertThat(kept.results).isEmpty();
    assertThat(turn.taken).isFalse();
  }

  @Test
  void waits_while_the_stream_is_known_to_be_behind() throws Exception {
    world.entry(Fate.CREATE_LOST);
    alerts.raise(
        new Alert("behind-timesheet-events", "Behind", "It is behind.", List.of(), List.of()), 1);
    schedule("PT24H", Settings.Reconcile.Repair.LOST).runIfDue();
    assertThat(kept.results).isEmpty();
    assertThat(world.verified).isEmpty();
    assertThat(turn.given).isEqualTo(1);
  }

  @Test
  void keeps_nothing_of_a_run_whose_turn_another_process_took() throws Exception {
    world.entry(Fate.CREATE_LOST);
    turn.othersTakeIt = true;
    Instant begin = now;
    ReconcileSchedule schedule =
        new ReconcileSchedule(
            () -> world,
            turn,
            kept,
            alerts,
            new Settings.Reconcile(
                Duration.ofHours(1),
                Optional.empty(),
                31,
                Settings.Reconcile.Repair.LOST,
                Duration.ZERO),
            () -> {
              now = now.plusSeconds(40); // every look at the clock is a while later
              return now;
            });
    schedule.runIfDue();
    assertThat(now).isAfter(begin);
    assertThat(kept.results).isEmpty();
    assertThat(alerts.sent).isEmpty();
    assertThat(turn.doneAt).isEmpty();
  }

  @Test
  void tells_again_and_compares_no_more_when_nobody_could_be_told() throws Exception {
    world.entry(Fate.CREATE_LOST);
    ReconcileSchedule schedule = schedule("PT24H", Settings.Reconcile.Repair.LOST);
    breaksMeanwhile = true;
    assertThatThrownBy(schedule::runIfDue).isInstanceOf(StoreTrouble.class);
    assertThat(turn.doneAt).contains(NIGHT);
    assertThat(world.verified).hasSize(1);
    world.verified.clear();
    breaksMeanwhile = false;
    alerts.broken = false;
    now = NIGHT.plus(Duration.ofMinutes(10));
    schedule.runIfDue();
    assertThat(alerts.sent).hasSize(1);
    assertThat(kept.last()).isPresent();
    assertThat(world.comparisons).isEqualTo(1);
    assertThat(world.verified).isEmpty();
    schedule.runIfDue();
    assertThat(world.comparisons).isEqualTo(1);
  }

  @Test
  void compares_anew_instead_of_telling_what_is_a_day_old() throws Exception {
    world.entry(Fate.CREATE_LOST);
    ReconcileSchedule schedule = schedule("PT24H", Settings.Reconcile.Repair.OFF);
    breaksMeanwhile = true;
    assertThatThrownBy(schedule::runIfDue).isInstanceOf(StoreTrouble.class);
    breaksMeanwhile = false;
    alerts.broken = false;
    world = new World(1, 3);
    world.entry(Fate.IN_STEP);
    now = NIGHT.plus(Duration.ofDays(1));
    schedule.runIfDue();
    schedule.runIfDue();
    assertThat(world.comparisons).isEqualTo(1);
    assertThat(alerts.sent).isEmpty();
    assertThat(kept.last().orElseThrow().path("equal").asBoolean()).isTrue();
  }

  @Test
  void deletes_nothing_by_itself_when_first_service_seems_to_have_lost_many() throws Exception {
    for (int i = 0; i < 60; i++) {
      world.entry(Fate.IN_STEP);
    }
    for (int i = 0; i < 5; i++) {
      world.entry(Fate.DELETE_LOST);
    }
    EntryId lost = world.entry(Fate.CREATE_LOST);
    schedule("PT24H", Settings.Reconcile.Repair.LOST).runIfDue();
    assertThat(world.verified).containsOnlyKeys(lost);
    assertThat(alerts.sent).containsExactly("FirstService and SecondService differ in 6 entries");
    assertThat(kept.last().orElseThrow().path("held").toString())
        .contains("5 timesheets would be deleted");
  }
}
