package io.timebridge.local.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.timebridge.local.simulated.OutageSimulation.Order;
import io.timebridge.local.simulated.OutageSimulation.Report;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Ten minutes without SecondService, in simulated time, with the product's rules, gates and lanes
 * and its default limits. A failing seed says how to run it again.
 */
class OutageTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger("io.timebridge");
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
  private static final int MANY = 100;
  private static final int FEW = 5;
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

  private static Report run(long runs, int keys, Optional<Down> down, OutagePlant plant)
      throws InterruptedException {
    return new OutageSimulation(new Order(1, runs, TEN_MINUTES, keys, down, plant)).run(done -> {});
  }

  private static void assertRight(Report report) {
    assertThat(report.wrong())
        .as("again: ./timebridge chaos --simulated --outage 10m --runs 1 --seed ...")
        .isEmpty();
    assertThat(report.failed()).isZero();
    assertThat(report.parked()).isZero();
    assertThat(report.callsInOutage()).as("calls while it was down").isPositive();
  }

  @Test
  void under_load_it_parks_nothing_and_comes_back_in_order_and_slowly() throws Exception {
    Report report = run(25, MANY, Optional.empty(), OutagePlant.NONE);
    assertRight(report);
    assertThat(report.mostInFirstTenSeconds()).as("calls to make up for").isGreaterThan(20);
  }

  @Test
  void of_five_keys_that_all_fail_none_is_taken_for_a_bad_one() throws Exception {
    assertRight(run(100, FEW, Optional.empty(), OutagePlant.NONE));
  }

  @ParameterizedTest
  @EnumSource(value = Down.class, mode = EnumSource.Mode.EXCLUDE, names = "NOT")
  void whichever_way_it_is_down(Down down) throws Exception {
    assertRight(run(10, FEW, Optional.of(down), OutagePlant.NONE));
  }

  @ParameterizedTest
  @EnumSource(value = OutagePlant.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void brings_a_planted_bug_to_light(OutagePlant plant) throws Exception {
    Report report = run(3, MANY, Optional.empty(), plant);
    assertThat(report.failed()).isPositive();
  }
}
