package io.timebridge.local.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.timebridge.local.planted.Plant;
import io.timebridge.local.planted.Step;
import io.timebridge.local.simulated.Simulation.Order;
import io.timebridge.local.simulated.Simulation.Report;
import io.timebridge.local.simulated.Simulation.Wrong;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * The product's rules, gates and lanes through thousands of hostile histories. A failing seed says
 * how to run it again, with its trace in words.
 */
class SimulationTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger("io.timebridge");
  private static final Set<Step> ALL = Step.ofWorkers();
  private static Level before = Level.INFO;

  @BeforeAll
  static void be_quiet() {
    before = LOG.getEffectiveLevel();
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void speak_again() {
    LOG.setLevel(before);
  }

  private static Report run(Order order) throws InterruptedException {
    return new Simulation(order).run(done -> {});
  }

  private static Order honest(long seed, long runs) {
    return new Order(seed, runs, ALL, Plant.NONE, false, false);
  }

  private static void assertRight(Report report) {
    assertThat(report.wrong())
        .as(
            "wrong seeds; again: ./timebridge chaos --simulated --runs 1 --trace --seed %s",
            report.wrong().stream().map(Wrong::seed).map(String::valueOf).findFirst().orElse("-"))
        .isEmpty();
    assertThat(report.failed()).isZero();
  }

  @Test
  void ten_thousand_seeds_lose_double_age_and_reorder_nothing() throws Exception {
    Report report = run(honest(1, 10_000));
    assertRight(report);
    assertThat(report.runs()).isEqualTo(10_000);
    assertThat(report.struck().keySet()).as("steps at which workers were struck").isEqualTo(ALL);
    assertThat(report.struck().values()).allMatch(times -> times > 50);
    assertThat(report.off()).as("times an entry showed something wrong").isZero();
  }

  @Test
  @Tag("long")
  void a_million_seeds_lose_double_age_and_reorder_nothing() throws Exception {
    assertRight(run(honest(1_000_000, 1_000_000)));
  }

  /**
   * Frozen between the last look at the clocks and the sending: seen for a while, then repaired.
   */
  @Test
  void what_a_late_sender_does_is_put_right() throws Exception {
    Report report = run(new Order(1, 2_000, ALL, Plant.NONE, true, false));
    assertRight(report);
    assertThat(report.off()).as("times there was something to put right").isPositive();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "POLL_.*")
  void comes_through_when_workers_are_struck_at(Step step) throws Exception {
    Report report = run(new Order(50_000, 300, Set.of(step), Plant.NONE, false, false));
    assertRight(report);
    assertThat(report.struck().keySet()).containsExactly(step);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "REMEMBER_BEFORE_PUBLISH", "SKIP_ANNOUNCEMENT"})
  void brings_a_planted_bug_to_light(Plant plant) throws Exception {
    // An event has to arrive within the tenth of a second in which the last one is worked off.
    int seeds = plant == Plant.UNPARK_UNCONDITIONAL ? 5_000 : 200;
    Report report = run(new Order(1, seeds, ALL, plant, false, true));
    assertThat(report.failed()).isPositive();
    assertThat(report.lost() + report.doubled() + report.stale() + report.outOfOrder())
        .as("found by what SecondService carried out")
        .isPositive();
  }

  @Test
  void the_same_seed_does_the_same_again_and_another_does_something_else() {
    Simulation simulation = new Simulation(honest(1, 1));
    Set<Long> traces = new HashSet<>();
    for (long seed = 1; seed <= 200; seed++) {
      RunResult once = simulation.run(seed, 0);
      assertThat(simulation.run(seed, 0)).as("seed %d", seed).isEqualTo(once);
      assertThat(simulation.run(seed, 50).trace()).as("kept in words").isEqualTo(once.trace());
      traces.add(once.trace());
    }
    assertThat(traces).hasSize(200);
  }

  @Test
  void a_trace_tells_what_happened_in_words() {
    Simulation simulation = new Simulation(honest(1, 1));
    String trace =
        LongStream.rangeClosed(1, 20)
            .mapToObj(seed -> simulation.explain(seed, 10_000))
            .flatMap(lines -> lines.stream())
            .collect(Collectors.joining("\n"));
    assertThat(trace).contains("frozen", "resumed", "killed", "timesheet 901 is now", "Applied");
  }
}
