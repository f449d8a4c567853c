package io.timebridge.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.reconcile.World.Fate;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Place;
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
import org.junit.jupiter.params.provider.MethodSource;

/** Differences planted by chance: all of them are found, and nothing else. */
class ReconciliationTest {
  private final List<Drift> found = new ArrayList<>();

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

  private Runner reconciliation(World world, Repair repair, boolean believe) {
    Reconciliation.Progress progress =
        new Reconciliation.Progress() {
          @Override
          public void step(String sofar) {}

          @Override
          public void found(Drift drift, boolean repaired) {
            found.add(drift);
          }
        };
    return new Runner(
        new Reconciliation(
            world,
            InstantSource.fixed(World.LIMIT),
            new Reconciliation.Order(World.ALL, World.LIMIT, repair, 5, believe),
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
    assertThat(result.foreign()).isEqualTo(30);
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

  /** A timesheet moved to where the only look did not show it seems deleted. */
  private static boolean isMoved(Set<Kind> kinds) {
    return kinds.contains(Kind.DAY) || kinds.contains(Kind.PERSON);
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
    for (int i = 0; i < 50; i++) {
      world.entry(Fate.CREATE_LOST);
    }
    world.unreadable = Set.of(World.BEGIN);
    Result result = compare(world, Repair.OFF, false);
    assertThat(result.isComplete()).isFalse();
    assertThat(result.incomplete()).singleElement().asString().contains("HTTP 500");
    assertThat(result.drifts()).isPositive().isLessThan(50);
  }

  @Test
  void looks_again_at_what_was_repaired_until_it_does_not_differ() throws Exception {
    World world = new World(6, 4);
    EntryId missing = world.entry(Fate.CREATE_LOST);
    EntryId inStep = world.entry(Fate.IN_STEP);
    Reconciliation again = reconciliation(world, Repair.OFF, false).reconciliation();
    assertThat(again.stillDiffer(Map.of(missing, Set.of(), inStep, Set.of())))
        .containsOnlyKeys(missing);
  }
}
