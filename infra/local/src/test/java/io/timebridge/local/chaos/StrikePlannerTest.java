package io.timebridge.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.chaos.Strike.Cell;
import io.timebridge.local.planted.Plant;
import io.timebridge.local.planted.Step;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrikePlannerTest {
  private static final StrikePlanner.Timing TIMING =
      new StrikePlanner.Timing(
          Duration.ofMillis(1500),
          Duration.ofMillis(2000),
          Duration.ofMillis(3200),
          Duration.ofMillis(1200),
          Duration.ofMillis(1100));

  private static StrikePlanner planner(Set<Step> steps, Plant plant) {
    return new StrikePlanner(steps, plant, TIMING);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 7, 100, 4711, 999_999, -5})
  void strikes_at_every_step_on_both_paths_in_every_way_within_20_runs(long firstSeed) {
    StrikePlanner planner = planner(EnumSet.allOf(Step.class), Plant.NONE);
    Set<Cell> struck = new HashSet<>();
    for (long seed = firstSeed; seed < firstSeed + 20; seed++) {
      planner.strikes(seed).forEach(strike -> struck.add(strike.cell()));
    }
    // those of parking: an entry's only, killed and frozen; those of a poller as well
    assertThat(planner.cells()).hasSize(6 * 2 * 4 + 5 * 2 + 4 * 2).doesNotHaveDuplicates();
    assertThat(struck).containsExactlyInAnyOrderElementsOf(planner.cells());
  }

  @Test
  void gives_a_run_several_strikes_and_the_same_ones_whenever_it_is_repeated() {
    StrikePlanner planner = planner(EnumSet.allOf(Step.class), Plant.NONE);
    StrikePlanner another = planner(EnumSet.allOf(Step.class), Plant.NONE);

    assertThat(planner.strikes(23)).hasSizeGreaterThanOrEqualTo(3).isEqualTo(another.strikes(23));
    assertThat(planner.strikes(24)).isNotEqualTo(planner.strikes(23));
  }

  @Test
  void strikes_only_at_the_steps_it_was_given() {
    StrikePlanner planner = planner(EnumSet.of(Step.CALL_SENT), Plant.NONE);

    assertThat(planner.cells()).hasSize(8).allMatch(cell -> cell.step() == Step.CALL_SENT);
    assertThat(planner.strikes(1)).allMatch(strike -> strike.cell().step() == Step.CALL_SENT);
  }

  @Test
  void strikes_pollers_alone_or_with_a_worker_and_freezes_them_for_longer_than_their_lease() {
    Set<Step> polling = EnumSet.complementOf(EnumSet.copyOf(Step.ofWorkers()));
    StrikePlanner planner = planner(polling, Plant.NONE);
    List<Strike> strikes =
        LongStream.range(0, 200).boxed().flatMap(seed -> planner.strikes(seed).stream()).toList();

    assertThat(planner.cells())
        .hasSize(4 * 2)
        .allMatch(c -> c.blow() == Blow.KILL || c.blow() == Blow.FREEZE);
    assertThat(strikes).allMatch(s -> s.frozen().compareTo(TIMING.lease()) > 0);
    assertThat(strikes).anyMatch(Strike::workerToo).anyMatch(s -> !s.workerToo());
    assertThat(strikes).extracting(Strike::nth).contains(1, 2, 3);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void strikes_where_the_plant_shows(Plant plant) {
    StrikePlanner planner = planner(EnumSet.allOf(Step.class), plant);

    assertThat(planner.cells()).isNotEmpty();
    assertThat(planner.strikes(3))
        .isNotEmpty()
        .allMatch(strike -> StrikePlanner.shows(plant, strike.cell()) && strike.addsOnly());
  }

  @Test
  void has_nothing_to_strike_where_a_plant_cannot_show() {
    StrikePlanner planner = planner(EnumSet.of(Step.FETCHED), Plant.RETRY_IN_PLACE);

    assertThat(planner.cells()).isEmpty();
    assertThat(planner.strikes(1)).isEmpty();
  }

  @Test
  void freezes_beyond_failover_and_now_and_then_beyond_a_span_and_is_late_within_what_is_allowed() {
    StrikePlanner planner = planner(EnumSet.allOf(Step.class), Plant.NONE);
    List<Strike> strikes =
        LongStream.range(0, 200).boxed().flatMap(seed -> planner.strikes(seed).stream()).toList();

    assertThat(strikes).allMatch(s -> s.frozen().compareTo(TIMING.failover()) > 0);
    assertThat(strikes).anyMatch(s -> s.frozen().compareTo(TIMING.span()) > 0);
    assertThat(strikes).anyMatch(s -> s.frozen().compareTo(TIMING.span()) < 0);
    assertThat(strikes)
        .filteredOn(s -> s.cell().service() == Service.SECOND)
        .allMatch(s -> s.late().compareTo(TIMING.latestSecond()) <= 0);
    assertThat(strikes)
        .filteredOn(s -> s.cell().blow() == Blow.LATE)
        .allMatch(s -> s.late().isPositive());
  }
}
