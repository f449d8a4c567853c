package io.timebridge.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.reconcile.World.Fate;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Place;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Differences planted by chance: all of them are found, and nothing else. */
class ReconciliationTest {
  private final List<Drift> found = new ArrayList<>();
  private Duration settleFor = Duration.ZERO;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("reconcile.seeds", 60));
  }

  private Result compare(World world, Repair repair, boolean believe) {
    found.clear();
    return reconciliation(world, repair, believe).compare();
  }

  /** Runs without interrupts. */
  private record Runner(Reconciliation reconciliation) {
    Result compare() {
      try {
        return reconciliation.run();
      } catch (InterruptedException stopped) {
        throw new AssertionError(stopped);
      }
    }
  }

  private Result compare(World world, Reconciliation.Limits limits) {
    found.clear();
    return reconciliation(world, Repair.LOST, false, limits).compare();
  }

  private Runner reconciliation(World world, Repair repair, boolean believe) {
    return reconciliation(world, repair, believe, Reconciliation.Limits.NONE);
  }

  private Runner reconciliation(
      World world, Repair repair, boolean believe, Reconciliation.Limits limits) {
    Reconciliation.Progress progress =
        new Reconciliation.Progress() {
          @Override
          public void step(String sofar) {
            world.stepped();
          }

          @Override
          public void found(Drift drift, boolean repaired) {
            found.add(drift);
          }
        };
    return new Runner(
        new Reconciliation(
            world,
            InstantSource.fixed(World.LIMIT),
            new Reconciliation.Order(World.ALL, settleFor, repair, 5, believe, limits),
            progress));
  }

  private Map<EntryId, Set<Kind>> kinds() {
    Map<EntryId, Set<Kind>> kinds = new TreeMap<>();
    for (Drift drift : found) {
      assertThat(kinds.put(drift.id(), drift.kinds())).as("told twice: " + drift).isNull();
    }
    return kinds;
  }

  private Map<EntryId, Cause> causes() {
    Map<EntryId, Cause> causes = new TreeMap<>();
    found.forEach(drift -> causes.put(drift.id(), drift.cause()));
    return causes;
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void finds_all_that_was_planted_with_its_cause_and_nothing_else(long seed) {
    World world = new World(seed, 6);
    world.populate(300, 0.3);
    Result result = compare(world, Repair.OFF, false);
    assertThat(kinds()).isEqualTo(world.planted);
    assertThat(causes()).isEqualTo(world.causes);
    assertThat(result.drifts()).isEqualTo(world.planted.size());
    assertThat(result.waits().values().stream().mapToLong(n -> n).sum())
        .isEqualTo(world.waiting.size());
    assertThat(result.notCompared().values().stream().mapToLong(n -> n).sum())
        .isEqualTo(world.notCompared.size());
    assertThat(result.isComplete()).as(result.incomplete().toString()).isTrue();
    assertThat(result.foreign()).isEqualTo(30 + world.twins);
    assertThat(result.examples()).hasSize(5);
    assertThat(world.verified).isEmpty();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void makes_nothing_up_when_lists_come_empty_half_or_doubled(long seed) {
    World world = new World(seed, 6);
    world.populate(300, 0.2);
    world.lying = 0.15;
    compare(world, Repair.OFF, false);
    assertThat(kinds())
        .allSatisfy((id, kinds) -> {
          assertThat(world.planted).containsKey(id);
          if (!isMoved(world.planted.get(id))) {
            assertThat(kinds).as("entry " + id).isEqualTo(world.planted.get(id));
          }
        });
  }

  /** A timesheet that the only look did not show, where it moved or was typed, seems not there. */
  private static boolean isMoved(Set<Kind> kinds) {
    return kinds.contains(Kind.DAY)
        || kinds.contains(Kind.PERSON)
        || kinds.contains(Kind.UNMARKED_TWIN);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void asks_for_a_check_of_what_was_never_applied_where_its_timesheets_are(long seed) {
    World world = new World(seed, 6);
    world.populate(200, 0.3);
    Result result = compare(world, Repair.LOST, false);
    List<EntryId> lost =
        world.causes.entrySet().stream()
            .filter(each -> each.getValue() == Cause.LOST)
            .map(Map.Entry::getKey)
            .toList();
    assertThat(world.verified.keySet()).containsExactlyElementsOf(lost);
    assertThat(result.repairs()).isEqualTo(lost.size());
    assertThat(result.lost()).isEqualTo(lost.size());
    for (Drift drift : found) {
      Set<Place> places = world.verified.getOrDefault(drift.id(), drift.places());
      drift.timesheetIds().stream()
          .map(id -> Optional.ofNullable(world.sheets.get(id)).orElseThrow())
          .forEach(sheet -> assertThat(places).contains(new Place(sheet.personId(), sheet.day())));
    }
  }

  @Test
  void is_equal_when_everything_is_in_step() {
    World world = new World(1, 4);
    world.populate(100, 0);
    Result result = compare(world, Repair.ALL, false);
    assertThat(result.isEqual()).isTrue();
    assertThat(result.entries()).isEqualTo(100);
    assertThat(result.timesheets()).isEqualTo(100);
    assertThat(world.pauses).isZero(); // no suspicion, no second look
  }

  @Test
  void doubts_that_everything_is_gone_from_second_service_until_a_person_says_so() {
    World world = new World(2, 4);
    world.populate(200, 0);
    world.reportsEmpty = true;
    Result doubted = compare(world, Repair.ALL, false);
    assertThat(doubted.drifts()).isZero();
    assertThat(doubted.isComplete()).isFalse();
    assertThat(doubted.incomplete()).allSatisfy(text -> assertThat(text).contains("--believe"));
    assertThat(world.verified).isEmpty();
    Result believed = compare(world, Repair.ALL, true);
    assertThat(believed.kinds()).containsExactly(Map.entry(Kind.DELETED_IN_SECOND, 200L));
    assertThat(world.verified).hasSize(200);
  }

  @Test
  void doubts_that_everything_is_gone_from_first_service() {
    World world = new World(3, 4);
    world.populate(200, 0);
    world.listEmpty = true;
    world.goneToAll = true;
    Result doubted = compare(world, Repair.ALL, false);
    assertThat(doubted.drifts()).isZero();
    assertThat(doubted.isComplete()).isFalse();
    assertThat(world.verified).isEmpty();
  }

  private static void plant(World world, int count, Fate fate) {
    for (int i = 0; i < count; i++) {
      world.entry(fate);
    }
  }

  @Test
  void doubts_that_most_was_never_booked_until_a_person_says_so() {
    World world = new World(7, 4);
    plant(world, 200, Fate.CREATE_LOST);
    Result doubted = compare(world, Repair.LOST, false);
    assertThat(world.verified).isEmpty();
    assertThat(doubted.drifts()).isZero();
    assertThat(doubted.incomplete())
        .isNotEmpty()
        .allSatisfy(text -> assertThat(text).contains("would be missing", "--believe"));
    assertThat(compare(world, Repair.LOST, true).repairs()).isEqualTo(200);
    assertThat(world.verified).hasSize(200);
  }

  @Test
  void doubts_that_a_few_are_missing_each_week_when_they_are_most_of_all() {
    World world = new World(8, 4);
    plant(world, 40, Fate.CREATE_LOST);
    Result doubted = compare(world, Repair.LOST, false);
    assertThat(world.verified).isEmpty();
    assertThat(doubted.incomplete())
        .containsExactly(
            World.ALL
                + ": 40 of 40 would be missing; so many at once are not believed. Whoever knows that it is so says --believe");
  }

  @Test
  void never_books_by_itself_what_somebody_typed_before_nor_the_rest_of_those_days() {
    World world = new World(9, 4);
    plant(world, 120, Fate.BOOKED_BY_HAND);
    plant(world, 80, Fate.CREATE_LOST); // typed in another way: hours of a day in one
    Result result = compare(world, Repair.ALL, false);
    assertThat(world.verified).isEmpty();
    assertThat(result.kinds()).containsExactly(Map.entry(Kind.UNMARKED_TWIN, 120L));
    assertThat(result.lost()).isZero();
    assertThat(result.held()).singleElement().asString().contains("120 entries", "--believe");
  }

  @Test
  void books_beside_a_timesheet_without_a_mark_when_a_person_says_so() {
    World world = new World(10, 4);
    world.populate(100, 0);
    EntryId typed = world.entry(Fate.BOOKED_BY_HAND);
    EntryId lost = world.entry(Fate.CREATE_LOST);
    compare(world, Repair.ALL, false);
    assertThat(world.verified).containsOnlyKeys(lost);
    compare(world, Repair.ALL, true);
    assertThat(world.verified).containsOnlyKeys(typed, lost);
  }

  @ParameterizedTest(name = "{1} of {0}")
  @CsvSource({"10, 1", "300, 6", "1500, 20"})
  void deletes_a_few_by_itself_and_none_when_there_are_more(int inStep, int few) {
    World world = new World(11, 4);
    world.populate(inStep, 0);
    plant(world, few, Fate.DELETE_LOST);
    assertThat(compare(world, Reconciliation.Limits.UNATTENDED).held()).isEmpty();
    assertThat(world.verified).hasSize(few);
    world.verified.clear();
    world.entry(Fate.DELETE_LOST);
    EntryId missing = world.entry(Fate.CREATE_LOST);
    Result more = compare(world, Reconciliation.Limits.UNATTENDED);
    assertThat(world.verified).containsOnlyKeys(missing);
    assertThat(more.kinds()).containsEntry(Kind.DELETED_IN_FIRST, few + 1L);
    assertThat(found).hasSize(few + 2);
    assertThat(more.held())
        .singleElement()
        .asString()
        .startsWith((few + 1) + " timesheets would be deleted")
        .contains("./timebridge reconcile --repair");
    assertThat(compare(world, Reconciliation.Limits.NONE).repairs()).isEqualTo(few + 2);
  }

  @Test
  void publishes_so_many_checks_and_tells_of_the_rest() {
    World world = new World(12, 4);
    world.populate(100, 0);
    plant(world, 10, Fate.CREATE_LOST);
    Result result = compare(world, new Reconciliation.Limits(3, 20, 2));
    assertThat(world.verified).hasSize(3);
    assertThat(result.repairs()).isEqualTo(3);
    assertThat(result.drifts()).isEqualTo(10);
    assertThat(result.held()).singleElement().asString().startsWith("7 more are to be checked");
  }

  @Test
  void steps_between_calls_so_that_its_turn_is_kept() {
    World world = new World(13, 6);
    world.populate(500, 0.6);
    compare(world, Repair.LOST, false);
    assertThat(found).isNotEmpty();
    assertThat(world.mostCallsOfStep).isLessThanOrEqualTo(2); // an entry, and what it comes to
  }

  @Test
  void an_empty_list_of_first_service_makes_no_difference_where_the_entries_are_there() {
    World world = new World(4, 4);
    world.populate(200, 0);
    world.listEmpty = true;
    Result result = compare(world, Repair.ALL, false);
    assertThat(result.drifts()).isZero();
    assertThat(result.isComplete()).isFalse();
    assertThat(result.incomplete()).allSatisfy(text -> assertThat(text).contains("leaves out"));
  }

  @Test
  void compares_the_other_days_when_some_cannot_be_read() {
    World world = new World(5, 4);
    world.populate(200, 0);
    plant(world, 50, Fate.CREATE_LOST);
    world.unreadable = Set.of(World.BEGIN);
    Result result = compare(world, Repair.OFF, false);
    assertThat(result.isComplete()).isFalse();
    assertThat(result.incomplete()).singleElement().asString().contains("HTTP 500");
    assertThat(result.drifts()).isPositive().isLessThan(50);
  }

  @Test
  void tells_a_row_that_cannot_be_read_once_and_compares_the_rest() {
    World world = new World(14, 4);
    world.populate(100, 0);
    EntryId listed = world.entry(Fate.EDITED_BY_HAND);
    EntryId gone = world.entry(Fate.DELETED_ON_BOTH);
    EntryId missing = world.entry(Fate.CREATE_LOST);
    world.broken.put(listed, "not a place: 17");
    world.broken.put(world.entry(Fate.IN_STEP), "No enum constant X");
    world.broken.put(gone, "not a place: ");
    Result result = compare(world, Repair.ALL, false);
    Map<EntryId, Set<Kind>> expected = new TreeMap<>();
    world.broken.keySet().forEach(id -> expected.put(id, Set.of(Kind.UNREADABLE)));
    expected.put(missing, Set.of(Kind.MISSING));
    assertThat(kinds()).isEqualTo(expected);
    assertThat(world.verified).containsOnlyKeys(missing);
    assertThat(result.isComplete()).isTrue();
    assertThat(result.isEqual()).isFalse();
    assertThat(result.held()).singleElement().asString().startsWith("3 rows");
    assertThat(found)
        .filteredOn(drift -> drift.id().equals(listed))
        .singleElement()
        .satisfies(drift -> assertThat(drift.second()).contains("not a place: 17"));
  }

  @Test
  void is_incomplete_when_hardly_a_row_can_be_read() {
    World world = new World(15, 4);
    plant(world, Sides.Booked.MOST_UNREADABLE, Fate.DELETED_ON_BOTH);
    world.rows.keySet().forEach(id -> world.broken.put(id, "not a place: "));
    Result result = compare(world, Repair.ALL, false);
    assertThat(result.incomplete()).singleElement().asString().contains("cannot be read");
  }

  @Test
  void leaves_to_its_event_what_may_be_on_its_way_through_the_stream() {
    World world = new World(16, 4);
    world.populate(100, 0);
    plant(world, 3, Fate.CREATE_LOST);
    plant(world, 2, Fate.UPDATE_LOST);
    plant(world, 2, Fate.DELETE_LOST);
    world.entry(Fate.COPIED_BY_HAND);
    world.finished = new Finished(Optional.of(World.CHANGED), "");
    settleFor = Duration.ofMinutes(10);
    Result behind = compare(world, Repair.ALL, false);
    assertThat(found).isEmpty();
    assertThat(world.verified).isEmpty();
    assertThat(behind.isComplete()).isTrue();
    String upTo = "timesheet-events is worked off up to " + World.CHANGED;
    assertThat(behind.waits())
        .containsOnly(
            Map.entry(
                "changed after %s, and %s".formatted(World.CHANGED.minus(settleFor), upTo), 6L),
            Map.entry("changed or deleted nobody knows when, and " + upTo, 2L));
    world.finished = new Finished(Optional.of(World.CHANGED.plus(settleFor).plusSeconds(60)), "");
    compare(world, Repair.OFF, false);
    Map<EntryId, Set<Kind>> butDeleted = new TreeMap<>(world.planted);
    butDeleted.values().removeIf(kinds -> kinds.contains(Kind.DELETED_IN_FIRST));
    assertThat(kinds()).isEqualTo(butDeleted);
    world.finished = new Finished(Optional.of(World.LIMIT), "");
    compare(world, Repair.OFF, false);
    assertThat(kinds()).isEqualTo(world.planted);
  }

  @Test
  void an_event_comes_after_its_change_even_where_nothing_is_allowed_for_it() {
    World world = new World(20, 4);
    world.populate(100, 0);
    world.entry(Fate.CREATE_LOST);
    world.finished = new Finished(Optional.of(World.CHANGED), "");
    assertThat(compare(world, Repair.ALL, false).drifts()).isZero();
    assertThat(world.verified).isEmpty();
  }

  @Test
  void claims_nothing_that_seems_never_applied_while_nobody_can_say_how_far_the_workers_are() {
    World world = new World(17, 4);
    world.populate(100, 0);
    plant(world, 3, Fate.CREATE_LOST);
    plant(world, 2, Fate.DELETE_LOST);
    world.entry(Fate.BOOKED_BY_HAND);
    EntryId copied = world.entry(Fate.COPIED_BY_HAND);
    world.finished = new Finished(Optional.empty(), "shard 7, throttled");
    Result result = compare(world, Repair.ALL, false);
    assertThat(world.verified).containsOnlyKeys(copied);
    assertThat(result.kinds()).containsExactly(Map.entry(Kind.DOUBLE, 1L));
    assertThat(result.incomplete())
        .containsExactly(
            "6 entries seem never applied, but may only be on their way: how far timesheet-events is worked off cannot be seen (shard 7, throttled)");
  }

  @Test
  void looks_at_the_stream_once_and_not_at_all_when_nothing_is_suspected() {
    World world = new World(18, 4);
    world.populate(300, 0);
    compare(world, Repair.OFF, false);
    assertThat(world.looksAtTheStream).isZero();
    plant(world, 250, Fate.EDITED_BY_HAND);
    compare(world, Repair.OFF, false);
    assertThat(world.looksAtTheStream).isEqualTo(1);
  }

  @Test
  void settles_though_somebody_deletes_an_entry_while_reports_are_looked_at() {
    World world = new World(19, 1);
    world.populate(200, 0);
    EntryId missing = world.entry(Fate.CREATE_LOST);
    List<EntryId> others = List.copyOf(world.rows.keySet());
    world.meanwhile =
        () -> {
          if (world.pauses == 2) { // after the first of the looks that are to agree
            others.forEach(world::deleteOnBoth);
          }
        };
    Result result = compare(world, Repair.LOST, true);
    assertThat(result.incomplete()).isEmpty();
    assertThat(result.unsure()).isZero();
    assertThat(world.verified).containsOnlyKeys(missing);
  }
}
