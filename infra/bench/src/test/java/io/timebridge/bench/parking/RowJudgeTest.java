package io.timebridge.bench.parking;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowJudgeTest {
  private final RowJudge judge = new RowJudge(7, 9);

  private void see(String op, int event) {
    judge.see("timesheet." + op, "e" + event + " [TB#7]");
  }

  @Test
  void holds_when_states_only_get_newer_and_the_last_one_stays() {
    see("add", 3);
    see("update", 5);
    see("delete", 5);
    see("add", 9);
    judge.see("timesheet.update", "e1 [TB#77]");
    assertThat(judge.verdict()).isEqualTo(new RowJudge.Verdict(4, 0, 1, true));
    assertThat(judge.verdict().holds()).isTrue();
  }

  @Test
  void sees_an_older_state_after_a_newer_one() {
    see("add", 9);
    see("update", 5);
    assertThat(judge.verdict().violations()).isOne();
    assertThat(judge.verdict().holds()).isFalse();
  }

  @Test
  void sees_a_second_timesheet_beside_the_first() {
    see("add", 8);
    see("add", 9);
    assertThat(judge.verdict().violations()).isOne();
  }

  @Test
  void does_not_hold_when_the_last_state_is_missing_or_nothing_is_left() {
    see("add", 8);
    assertThat(judge.verdict().holds()).isFalse();
    see("update", 9);
    assertThat(judge.verdict().holds()).isTrue();
    see("delete", 9);
    assertThat(judge.verdict().holds()).isFalse();
  }
}
