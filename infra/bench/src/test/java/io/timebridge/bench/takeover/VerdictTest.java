package io.timebridge.bench.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {
  /** Key 0 has two records, key 1 has one. */
  private static final int[] PUT = {2, 1};

  private static Verdict verdict(Carried... carried) {
    return Verdict.of(PUT, Arrays.asList(carried));
  }

  private static Carried done(int key, int number) {
    return new Carried("w", key, number);
  }

  @Test
  void is_clean_when_everything_was_carried_out_once_in_order() {
    Verdict verdict = verdict(done(0, 1), done(1, 1), done(0, 2));
    assertThat(verdict.clean()).isTrue();
    assertThat(verdict.carriedOut()).isEqualTo(3);
    assertThat(verdict.byWorker()).isEqualTo(Map.of("w", 3L));
  }

  @Test
  void sees_a_lost_record() {
    Verdict verdict = verdict(done(0, 1), done(1, 1));
    assertThat(verdict.lost()).isEqualTo(1);
    assertThat(verdict.clean()).isFalse();
  }

  @Test
  void sees_a_record_that_was_passed_over_and_never_carried_out() {
    Verdict verdict = verdict(done(0, 2), done(1, 1));
    assertThat(verdict.lost()).isEqualTo(1);
  }

  @Test
  void sees_a_record_that_came_after_a_later_one() {
    Verdict verdict = verdict(done(0, 2), done(0, 1), done(1, 1));
    assertThat(verdict.orderViolations()).isEqualTo(1);
    assertThat(verdict.lost()).isZero();
    assertThat(verdict.clean()).isFalse();
  }

  @Test
  void sees_an_effect_that_was_doubled() {
    Verdict verdict = verdict(done(0, 1), done(0, 1), done(0, 2), done(1, 1));
    assertThat(verdict.doubled()).isEqualTo(1);
    assertThat(verdict.carriedOut()).isEqualTo(3);
    assertThat(verdict.clean()).isFalse();
  }

  @Test
  void sees_what_nobody_put() {
    Verdict verdict = verdict(done(0, 1), done(0, 2), done(1, 1), done(1, 2), done(7, 1));
    assertThat(verdict.strangers()).isEqualTo(2);
    assertThat(verdict.clean()).isFalse();
  }

  @Test
  void of_nothing_at_all_everything_is_lost() {
    assertThat(Verdict.of(PUT, List.of()).lost()).isEqualTo(3);
  }
}
