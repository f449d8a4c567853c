package io.timebridge.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.jobs.JobHistory.Bug;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of two or three processes that share one store and one FirstService. To repeat
 * one: {@code JobHistory.problem(seed, Bug.NONE)}; what it says when something is wrong holds every
 * step.
 */
class JobHistoriesTest {
  private static final int USUAL = 2_000;
  private static final int LONG = 20_000;

  /** Within so many histories each planted bug is found. */
  private static final int UNTIL_FOUND = 3_000;

  @Test
  void every_job_and_client_is_there_once_and_only_ever_gets_newer() throws Exception {
    Set<String> struckAt = new TreeSet<>();
    for (long seed = 0; seed < USUAL; seed++) {
      assertThat(JobHistory.problem(seed, Bug.NONE, struckAt)).as("seed %d", seed).isEmpty();
    }
    assertThat(struckAt)
        .contains(
            "row read",
            "intent written",
            "before the call",
            "call sent",
            "answer received",
            "state written",
            "listing asked");
  }

  @Test
  @Tag("long")
  void every_job_and_client_is_there_once_in_many_more_histories() throws Exception {
    for (long seed = USUAL; seed < LONG; seed++) {
      assertThat(JobHistory.problem(seed, Bug.NONE)).as("seed %d", seed).isEmpty();
    }
  }

  static Stream<Arguments> bugs() {
    Duration lands = Bug.NONE.landsWithin();
    Duration visible = Bug.NONE.visibleWithin();
    return Stream.of(
        bug("no intent is written", Bug.of(SimulatedStates.Fault.WRITES_NO_INTENT), "not one"),
        bug("the span is not waited", Bug.waiting(Duration.ZERO, visible), "not one"),
        bug("visible-within is not waited", Bug.waiting(lands, Duration.ZERO), "not one"),
        bug(
            "a call of unknown outcome is repeated in place",
            Bug.of(SimulatedService.Fault.REPEATS_IN_PLACE),
            "not one"),
        bug(
            "a call is sent after its fence",
            Bug.of(SimulatedService.Fault.SENDS_TOO_LATE),
            "an older state after a newer one"),
        bug(
            "an older event is begun after a newer one",
            Bug.of(SimulatedStates.Fault.FORGETS_WHAT_WAS_TRIED),
            "an older state after a newer one"),
        bug(
            "a thing may be adopted twice",
            Bug.of(SimulatedStates.Fault.LETS_ANYBODY_ADOPT),
            "not one"));
  }

  private static Arguments bug(String name, Bug bug, String symptom) {
    return Arguments.of(Named.of(name, bug), symptom);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bugs")
  void finds_it_when(Bug bug, String symptom) throws Exception {
    Optional<String> found = Optional.empty();
    for (long seed = 0; seed < UNTIL_FOUND && found.isEmpty(); seed++) {
      found = JobHistory.problem(seed, bug).filter(problem -> problem.startsWith(symptom));
    }
    assertThat(found).isPresent();
  }
}
