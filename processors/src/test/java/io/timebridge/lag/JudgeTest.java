package io.timebridge.lag;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.lag.Judge.Evidence;
import io.timebridge.lag.Judge.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JudgeTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration STEP = Duration.ofSeconds(7);
  private static final Duration LATE = Duration.ofSeconds(3);
  private static final int RUNS = 5_000;

  /** How a shard went, sample by sample; the last one is one step old. */
  private static final class Course {
    private final List<Sample> samples = new ArrayList<>();
    private final int size;

    Course(int size) {
      this.size = size;
    }

    Course then(Duration behind, long finished) {
      Instant at = NOW.minus(STEP.multipliedBy((long) size - samples.size()));
      samples.add(new Sample(at, behind, finished + 1, finished, finished));
      return this;
    }

    Verdict judged(Duration now) {
      assertThat(samples).hasSize(size);
      return judge(Optional.of(now), samples, false);
    }
  }

  private static Verdict judge(Optional<Duration> behind, List<Sample> window, boolean quiet) {
    return Judge.judge(new Evidence(NOW, behind, window, quiet, LATE, false, Optional.empty()));
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  @Test
  void is_idle_when_nothing_is_behind_and_nothing_arrived_for_a_minute() {
    assertThat(judge(Optional.of(Duration.ZERO), List.of(), true).state()).isEqualTo(State.IDLE);
  }

  @Test
  void is_ok_when_nothing_is_behind_and_records_arrive() {
    assertThat(judge(Optional.of(Duration.ZERO), List.of(), false).state()).isEqualTo(State.OK);
  }

  @Test
  void is_ok_when_a_record_arrives_after_a_long_time_without_any() {
    Course idle = new Course(10);
    for (int i = 0; i < 10; i++) {
      idle.then(Duration.ZERO, 7);
    }
    assertThat(idle.judged(Duration.ofMillis(300)).state()).isEqualTo(State.OK);
  }

  @Test
  void is_stalled_when_nothing_was_finished_in_all_of_the_window() {
    Course stalled = new Course(10);
    for (int i = 0; i < 10; i++) {
      stalled.then(seconds(100 + 5 * i), 7);
    }
    assertThat(stalled.judged(seconds(150)).state()).isEqualTo(State.STALLED);
  }

  @Test
  void is_not_stalled_before_the_window_is_full() {
    Course young = new Course(3);
    for (int i = 0; i < 3; i++) {
      young.then(seconds(100 + 5 * i), 7);
    }
    assertThat(young.judged(seconds(115)).state()).isEqualTo(State.BEHIND);
  }

  private static List<Sample> standing(Duration apart, int size) {
    List<Sample> window = new ArrayList<>();
    for (int i = size; i > 0; i--) {
      window.add(new Sample(NOW.minus(apart.multipliedBy(i)), seconds(900), 8, 7, 7));
    }
    return window;
  }

  private static State judged(List<Sample> window, Duration late, boolean byCheckpoint) {
    return Judge.judge(
            new Evidence(
                NOW,
                Optional.of(seconds(900)),
                window,
                false,
                late,
                byCheckpoint,
                Optional.empty()))
        .state();
  }

  @Test
  void is_not_stalled_before_a_full_window_is_a_minute_long() {
    assertThat(judged(standing(Duration.ofMillis(500), 10), LATE, false)).isEqualTo(State.BEHIND);
    assertThat(judged(standing(seconds(5), 10), LATE, false)).isEqualTo(State.BEHIND);
    assertThat(judged(standing(seconds(6), 10), LATE, false)).isEqualTo(State.STALLED);
  }

  @Test
  void is_not_stalled_by_checkpoints_alone_within_what_they_may_be_late_by() {
    List<Sample> window = standing(seconds(12), 10);
    assertThat(judged(window, seconds(121), true)).isEqualTo(State.BEHIND);
    assertThat(judged(window, seconds(119), true)).isEqualTo(State.STALLED);
    assertThat(judged(window, seconds(121), false))
        .as("its worker knows what is finished without a checkpoint")
        .isEqualTo(State.STALLED);
  }

  @Test
  void is_behind_when_one_key_holds_the_checkpoint_and_others_go_on() {
    Course held = new Course(10);
    for (int i = 0; i < 10; i++) {
      held.then(seconds(10 + 5 * i), 100 + i);
    }
    assertThat(held.judged(seconds(60)).state()).isEqualTo(State.BEHIND);
  }

  @Test
  void is_behind_when_it_falls_further_behind_though_by_little() {
    Course slow = new Course(10);
    for (int i = 0; i < 10; i++) {
      slow.then(Duration.ofMillis(500 + 100L * i), 100L * i);
    }
    Verdict verdict = slow.judged(Duration.ofMillis(1600));
    assertThat(verdict.state()).isEqualTo(State.BEHIND);
    assertThat(verdict.why()).contains("further behind");
  }

  @Test
  void is_behind_while_it_works_off_what_is_older_than_the_window() {
    Course draining = new Course(10);
    for (int i = 0; i < 10; i++) {
      draining.then(seconds(600 - 30 * i), 1_000L * i);
    }
    assertThat(draining.judged(seconds(300)).state()).isEqualTo(State.BEHIND);
  }

  @Test
  void is_ok_when_it_is_never_at_rest_and_never_far_behind() {
    Course busy = new Course(10);
    for (int i = 0; i < 10; i++) {
      busy.then(Duration.ofMillis(200 + 300L * (i % 3)), 1_000L * i);
    }
    assertThat(busy.judged(Duration.ofMillis(400)).state()).isEqualTo(State.OK);
  }

  @Test
  void is_stalled_when_its_worker_knows_nothing_of_what_the_stream_has() {
    Course blind = new Course(10);
    for (int i = 0; i < 10; i++) {
      blind.then(Duration.ZERO, 7); // it cannot read, and thinks that there is nothing
    }
    assertThat(blind.judged(seconds(600)).state()).isEqualTo(State.STALLED);
  }

  @Test
  void is_judged_by_its_workers_word_when_the_stream_does_not_answer() {
    Course stalled = new Course(10);
    for (int i = 0; i < 10; i++) {
      stalled.then(seconds(100 + 5 * i), 7);
    }
    assertThat(judge(Optional.empty(), stalled.samples, false).state()).isEqualTo(State.STALLED);
  }

  @Test
  void is_unknown_when_nobody_says_anything() {
    assertThat(judge(Optional.empty(), List.of(), true).state()).isEqualTo(State.UNKNOWN);
  }

  /** A shard that really lives through a random course, and what must hold of each verdict. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void never_contradicts_what_happened(long seed) {
    Random random = new Random(seed);
    for (int run = 0; run < RUNS; run++) {
      int size = 1 + random.nextInt(10);
      long span = STEP.toSeconds() * size;
      double rate = random.nextDouble() * 3; // of the clock: below 1 it falls behind
      Duration behind = random.nextInt(4) == 0 ? Duration.ZERO : seconds(random.nextInt(200));
      long finished = 0;
      boolean stuck = random.nextInt(4) == 0;
      Course course = new Course(size);
      boolean everCaughtUp = false;
      for (int i = 0; i <= size; i++) {
        if (i > 0) {
          Duration done =
              stuck ? Duration.ZERO : Duration.ofMillis((long) (STEP.toMillis() * rate));
          Duration next = behind.isZero() ? behind : behind.plus(STEP).minus(done);
          boolean arrives = behind.isZero() && random.nextInt(5) == 0;
          behind = arrives ? Duration.ofMillis(random.nextInt((int) STEP.toMillis())) : next;
          behind = behind.isNegative() ? Duration.ZERO : behind;
          finished += stuck ? 0 : 1;
        }
        if (i < size) {
          course.then(behind, finished);
          everCaughtUp |= behind.isZero();
        }
      }
      State state = course.judged(behind).state();
      String what = "seed " + seed + " run " + run + ": " + course.samples + " now " + behind;
      if (behind.isZero() || everCaughtUp) {
        assertThat(state).as(what).isEqualTo(State.OK);
      } else if (stuck && size == Judge.WINDOW) {
        assertThat(state).as(what).isEqualTo(State.STALLED);
      } else {
        assertThat(state).as(what).isIn(State.OK, State.BEHIND);
      }
      if (!everCaughtUp && behind.compareTo(seconds(Math.max(span, 3))) >= 0) {
        assertThat(state).as(what).isNotEqualTo(State.OK);
      }
    }
  }
}
