package io.timebridge.story;

import io.timebridge.story.SecondView.Sheet;
import java.util.stream.Collectors;

/** What the services say of an entry, in a line. */
public final class Views {
  private Views() {}

  public static String words(FirstView view) {
    return switch (view) {
      case FirstView.NotAsked(String why) -> "not asked: " + why;
      case FirstView.Gone gone -> "says that there is no such entry, or none any more";
      case FirstView.Unusable(String problem) -> "gives an entry that cannot be used: " + problem;
      case FirstView.Trouble(String message) -> "did not answer: " + message;
      case FirstView.Live live ->
          "says that it lives: version %d, %d s on %s, user %d, labels %s, job %s%s"
              .formatted(
                  live.version(),
                  live.seconds(),
                  live.day(),
                  live.userId(),
                  live.labelIds().isEmpty() ? "none" : live.labelIds(),
                  live.job().isEmpty() ? "none" : live.job(),
                  live.ignored().map(why -> " (" + why + ")").orElse(""));
    };
  }

  public static String words(SecondView view) {
    return switch (view) {
      case SecondView.NotAsked(String why) -> "not asked: " + why;
      case SecondView.Trouble(String message) -> "did not answer: " + message;
      case SecondView.Report report when report.timesheets().isEmpty() ->
          "shows nothing of it for person %d from %s to %s"
              .formatted(report.personId(), report.from(), report.to());
      case SecondView.Report report ->
          "shows "
              + report.timesheets().stream().map(Views::words).collect(Collectors.joining("; "));
    };
  }

  private static String words(Sheet sheet) {
    return "timesheet %d of person %d on %s: %s h, job %d, task %d%s"
        .formatted(
            sheet.id(),
            sheet.personId(),
            sheet.day(),
            sheet.hours().stripTrailingZeros().toPlainString(),
            sheet.jobId(),
            sheet.taskId(),
            sheet.marked() ? "" : " (without the entry's mark)");
  }
}
