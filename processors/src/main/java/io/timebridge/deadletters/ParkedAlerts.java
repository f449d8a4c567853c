package io.timebridge.deadletters;

import io.timebridge.alerts.Alert;
import io.timebridge.timesheet.Rejection.Reason;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** What people are told of what waits: how many, since when, what failed, why, and what to do. */
final class ParkedAlerts {
  private static final int MOST_CAUSES = 4;
  private static final int MOST_OF_A_CAUSE = 320;

  private ParkedAlerts() {}

  /** What a problem is called, means and needs. */
  private record Text(String title, String why, List<String> steps) {}

  /**
   * @param more whether there may be more than were counted
   */
  static Alert raised(Problem problem, Tally tally, boolean more) {
    Text text = text(problem);
    String count = (more ? "at least " : "") + tally.keys();
    StringBuilder description = new StringBuilder(text.why());
    description.append(
        "\nCount: %s, with %d events; the oldest waits since %s."
            .formatted(count, tally.events(), tally.oldest().truncatedTo(ChronoUnit.SECONDS)));
    if (problem instanceof Problem.Waits && tally.dead() > 0) {
      description.append(
          "\n%d of them are dead: nothing tries them by itself.".formatted(tally.dead()));
    }
    for (Tally.Cause cause : tally.causes(MOST_CAUSES)) {
      description.append(
          "\n\u2022 %d: %s (for one: %s)"
              .formatted(cause.keys(), shortened(cause.what()), cause.sample()));
    }
    description.append("\nNothing is lost, and no other key waits for these.");
    return new Alert(
        problem.id(),
        text.title() + " (" + count + ")",
        description.toString(),
        text.steps(),
        words(problem));
  }

  static Alert over(Problem problem) {
    return new Alert(
        problem.id(),
        "Over: " + text(problem).title(),
        "None of these waits any more: they were applied, or given up by a person.",
        List.of(),
        words(problem));
  }

  private static String shortened(String what) {
    return what.length() > MOST_OF_A_CAUSE ? what.substring(0, MOST_OF_A_CAUSE) : what;
  }

  private static List<String> words(Problem problem) {
    return List.of("timebridge", "dlq", problem.id());
  }

  private static Text text(Problem problem) {
    return switch (problem) {
      case Problem.Waits(Reason reason) -> text(reason);
      case Problem.Dead() ->
          new Text(
              "Entries are dead: nothing tries them again by itself",
              "They were tried as often as they may be, or wait for a person to decide. Their events keep their order; later ones of the same entries join them.",
              List.of(
                  "See which and why: `./timebridge dlq list`",
                  "Put the causes right; alerts of each reason say how",
                  "Then let them be tried again: `./timebridge dlq redrive --all`",
                  "Or give one up: `./timebridge dlq discard KEY --reason TEXT`"));
      case Problem.Jobs() ->
          new Text(
              "Events of jobs or clients were refused",
              "FirstService refused them, or they cannot be read: the project or client there may be out of date until it changes again.",
              List.of(
                  "See which and why: `./timebridge dlq list`, then `./timebridge dlq show KEY`",
                  "Put right what FirstService names (a name in use, a right that is missing)",
                  "Then publish it again: `./timebridge dlq redrive KEY`",
                  "Or give it up: `./timebridge dlq discard KEY --reason TEXT`"));
      case Problem.Backups() ->
          new Text(
              "Backups could not be kept",
              "The copies of these entries in Timesheet_Backup lack a state; timesheets are not affected.",
              List.of(
                  "See which and why: `./timebridge dlq list`, then `./timebridge dlq show KEY`",
                  "Try again: `./timebridge dlq redrive KEY`",
                  "Or give it up: `./timebridge dlq discard KEY --reason TEXT`"));
      case Problem.Quarantined() ->
          new Text(
              "Records are quarantined and never applied",
              "A record could not be read, or its signature does not match. A changed webhook secret looks like this, and so does somebody who sends what FirstService did not.",
              List.of(
                  "See which and why: `./timebridge dlq list --reason quarantine`",
                  "Many refused signatures at once: check first-service.webhook-secrets against the registered webhooks; let FirstService send again",
                  "When they are looked at: `./timebridge dlq discard KEY --reason TEXT`"));
    };
  }

  private static Text text(Reason reason) {
    return switch (reason) {
      case UNMAPPED_LABEL ->
          waits(
              reason,
              "no task is mapped for their label",
              "A label of these entries stands for no task of SecondService.",
              "Map the label to a task in table Label_Task_Mapping");
      case UNKNOWN_TASK ->
          waits(
              reason,
              "their job has no such task",
              "The label is mapped to a task that the job of these entries does not have.",
              "Add the task to the job in SecondService, or map the label to a task it has");
      case UNKNOWN_JOB ->
          waits(
              reason,
              "their job is not known",
              "The project or client of these entries has no external id, or SecondService has no such job.",
              "Move the entries to a project that was made from a job, or give the project and its client the ids of theirs");
      case CLOSED_JOB ->
          waits(
              reason,
              "their job is closed",
              "SecondService books nothing on a closed job.",
              "Reopen the job in SecondService, or move the entries to an open one in FirstService");
      case LOCKED_PERIOD ->
          waits(
              reason,
              "their period is locked",
              "SecondService books nothing on a day whose period is locked.",
              "Unlock the period in SecondService; or let the hours be booked by hand and give the entries up");
      case UNKNOWN_USER ->
          waits(
              reason,
              "their person is not known",
              "The person who tracked these entries has no external id in FirstService, or SecondService has no such person.",
              "Give the person in FirstService the external id of the one in SecondService");
      case INVALID_DATA ->
          waits(
              reason,
              "they cannot be booked as they are",
              "Something in these entries is not what a timesheet may hold.",
              "Have the entry corrected in FirstService; the correction is taken up with it");
      case UNKNOWN_OUTCOME ->
          waits(
              reason,
              "nobody knows whether they were booked",
              "A call may have been done, and this SecondService has no timesheet report to look it up.",
              "Look for the mark [TB#KEY] in SecondService and delete the timesheet that has it, or tried again it is booked twice");
      case DELETED_BY_HAND ->
          waits(
              reason,
              "somebody has deleted their timesheet",
              "Their timesheets are gone from SecondService, and not by us.",
              "Tried again, the timesheet is made anew; to leave it deleted, give the entry up");
      case RETRIES_SPENT ->
          waits(
              reason,
              "they keep failing while others get through",
              "Each of these failed again and again, and nothing says why.",
              "See what the log says of the entry; look at it in both services");
      case REFUSED ->
          waits(
              reason,
              "SecondService refuses them",
              "SecondService says no in words that are not among those known.",
              "Put right what it names");
    };
  }

  private static Text waits(Reason reason, String title, String why, String fix) {
    List<String> steps = new ArrayList<>();
    steps.add("See which: `./timebridge dlq list --reason %s`".formatted(reason));
    steps.add(fix);
    steps.add(
        "They are tried again by themselves, later each time; at once: `./timebridge dlq redrive --reason %s`"
            .formatted(reason));
    steps.add("Or give one up: `./timebridge dlq discard KEY --reason TEXT`");
    return new Text("Entries wait: " + title, why, steps);
  }
}
