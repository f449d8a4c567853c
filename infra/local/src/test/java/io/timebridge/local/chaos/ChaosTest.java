package io.timebridge.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.planted.Plant;
import io.timebridge.local.planted.Step;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole runs with real worker processes, about half a minute each. More of them: {@code
 * ./timebridge chaos}.
 */
@Tag("long")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ChaosTest {
  @TempDir Path folder;

  @Test
  void loses_doubles_stales_and_reorders_nothing_while_workers_die_and_freeze() throws Exception {
    ChaosReport report = run(1, 2, EnumSet.allOf(Step.class), Plant.NONE);

    assertThat(report.results())
        .as(report.json())
        .allSatisfy(result -> {
          assertThat(result.problems())
              .as("./timebridge chaos --seed %d --runs 1", result.seed())
              .isEmpty();
          assertThat(result.struck()).isNotEmpty();
        });
    assertThat(report.json()).contains("\"failed\":0", "\"lost\":0", "\"outOfOrder\":0");
  }

  @Test
  void ends_the_same_while_the_poller_dies_and_freezes_in_the_middle_of_its_looks()
      throws Exception {
    Set<Step> polling = EnumSet.complementOf(EnumSet.copyOf(Step.ofWorkers()));
    ChaosReport report = run(1, 2, polling, Plant.NONE);

    assertThat(report.clean()).as(report.json()).isTrue();
    assertThat(report.results()).allSatisfy(result -> assertThat(result.struck()).isNotEmpty());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void brings_a_planted_fault_to_light(Plant plant) throws Exception {
    ChaosReport report = run(1, 2, EnumSet.allOf(Step.class), plant);

    assertThat(report.clean()).as(report.json()).isFalse();
    assertThat(report.results())
        .as(report.json())
        .anyMatch(result -> !result.verdict().clean() && result.diedAlone() == 0);
  }

  private ChaosReport run(long seed, int runs, Set<Step> steps, Plant plant) throws Exception {
    return new Chaos(new Chaos.Order(seed, runs, steps, plant, folder), text -> {}).run();
  }
}
