package io.timebridge.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.alerts.Alert;
import io.timebridge.alerts.ChatSchema;
import io.timebridge.deadletters.WaitingKey.Kind;
import io.timebridge.deadletters.WaitingKey.State;
import io.timebridge.timesheet.Rejection.Reason;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ParkedAlertsTest {
  private static final Instant SINCE = Instant.parse("2026-07-03T10:00:00Z");

  static List<Problem> problems() {
    return Problem.all();
  }

  private static Tally tally(int keys, String detail) {
    Tally tally = new Tally();
    for (int i = 0; i < keys; i++) {
      tally.add(
          new WaitingKey(
              Integer.toString(100 + i),
              Kind.ENTRY,
              "R",
              2,
              SINCE.plusSeconds(i),
              i == 0 ? State.DEAD : State.WAITING,
              1,
              1,
              "",
              detail),
          detail);
    }
    return tally;
  }

  @ParameterizedTest
  @MethodSource("problems")
  void every_message_is_one_that_the_chat_bot_takes(Problem problem) {
    for (String detail : List.of("", "label <Design> & \"more\"", "\uD83E\uDDF1<".repeat(400))) {
      assertThat(ChatSchema.faults(ParkedAlerts.raised(problem, tally(7, detail), true))).isEmpty();
    }
    assertThat(ChatSchema.faults(ParkedAlerts.over(problem))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("problems")
  void every_message_says_how_many_since_when_what_failed_and_what_to_run(Problem problem) {
    Alert alert = ParkedAlerts.raised(problem, tally(1_000, "no task for label Design"), false);
    assertThat(alert.title()).contains("(1000)");
    assertThat(alert.description())
        .contains("1000, with 2000 events", "2026-07-03T10:00:00Z")
        .contains("1000: no task for label Design (for one: 100)");
    assertThat(alert.nextSteps()).anyMatch(step -> step.contains("./timebridge dlq list"));
    assertThat(alert.nextSteps()).hasSizeGreaterThanOrEqualTo(3);
    assertThat(alert.problem()).matches("parked-[a-z-]+");
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void every_reason_has_words_and_commands_of_its_own(Reason reason) {
    Alert alert = ParkedAlerts.raised(new Problem.Waits(reason), tally(3, "d"), false);
    assertThat(alert.nextSteps())
        .anyMatch(s -> s.contains("./timebridge dlq list --reason " + reason))
        .anyMatch(s -> s.contains("./timebridge dlq redrive --reason " + reason));
    assertThat(alert.description()).contains("1 of them are dead");
    ReasonFilter filter = ReasonFilter.of(reason.name());
    assertThat(filter.matches(reason.name())).isTrue();
  }

  @Test
  void no_two_reasons_are_told_alike() {
    Set<String> titles = new HashSet<>();
    Set<String> fixes = new HashSet<>();
    for (Problem problem : Problem.all()) {
      Alert alert = ParkedAlerts.raised(problem, tally(1, "d"), false);
      assertThat(titles.add(alert.title())).as(alert.title()).isTrue();
      assertThat(fixes.add(alert.nextSteps().get(1))).as(alert.title()).isTrue();
    }
  }

  @Test
  void a_message_stays_short_however_many_causes_there_are() {
    Tally tally = new Tally();
    for (int i = 0; i < 5_000; i++) {
      tally.add(
          new WaitingKey(
              "k" + i, Kind.JOB, "refused", 1, SINCE, State.DEAD, 0, 0, "", "cause " + i),
          "cause " + i);
    }
    assertThat(tally.causes(100)).hasSizeLessThanOrEqualTo(50);
    Alert alert = ParkedAlerts.raised(new Problem.Jobs(), tally, false);
    assertThat(alert.title()).contains("(5000)");
    assertThat(alert.description().lines()).hasSizeLessThan(10);
  }
}
