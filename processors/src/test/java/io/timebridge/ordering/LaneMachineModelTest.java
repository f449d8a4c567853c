package io.timebridge.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.ordering.LaneHistory.Plant;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Random histories of the lanes against a plain model: order per key, one attempt per key, folds
 * that never cross a deletion, the position exactly where the model has it, checkpoints and shard
 * ends never past unfinished work, parents before children, all bounds, nothing lost, nothing left
 * over. To repeat one: {@code new LaneHistory(seed, Plant.NONE).run()}.
 */
class LaneMachineModelTest {
  private static final int HISTORIES = 100_000;

  private static long run(long seed, Plant plant) {
    try {
      return new LaneHistory(seed, plant).run();
    } catch (AssertionError | RuntimeException wrong) {
      throw new AssertionError("history of seed " + seed + ": " + wrong.getMessage(), wrong);
    }
  }

  @Test
  void keeps_every_promise_in_random_histories() {
    LongStream.rangeClosed(1, HISTORIES).parallel().forEach(seed -> run(seed, Plant.NONE));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void finds_a_planted_bug(Plant plant) {
    Optional<AssertionError> found =
        LongStream.rangeClosed(1, 2_000)
            .mapToObj(seed -> wrong(seed, plant))
            .flatMap(Optional::stream)
            .findFirst();
    assertThat(found).as("found with %s", plant).isPresent();
  }

  private static Optional<AssertionError> wrong(long seed, Plant plant) {
    try {
      run(seed, plant);
      return Optional.empty();
    } catch (AssertionError wrong) {
      return Optional.of(wrong);
    }
  }

  @Test
  void one_seed_is_one_history() {
    assertThat(LongStream.range(1, 200).map(seed -> run(seed, Plant.NONE)).toArray())
        .isEqualTo(LongStream.range(1, 200).map(seed -> run(seed, Plant.NONE)).toArray())
        .doesNotHaveDuplicates();
  }

  @Test
  void histories_fold_and_see_records_again() {
    int folded = 0;
    int recognised = 0;
    int effects = 0;
    for (long seed = 1; seed <= 500; seed++) {
      LaneHistory history = new LaneHistory(seed, Plant.NONE);
      history.run();
      folded += history.folded();
      recognised += history.recognised();
      effects += history.effects();
    }
    assertThat(folded).isGreaterThan(500);
    assertThat(recognised).isGreaterThan(500);
    assertThat(effects).isGreaterThan(5_000);
  }
}
