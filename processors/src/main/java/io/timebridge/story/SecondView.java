package io.timebridge.story;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;

/** What SecondService shows of an entry now. Holds no description and no name. */
public sealed interface SecondView {
  /** It was not asked; why not. */
  record NotAsked(String why) implements SecondView {}

  /**
   * Its report answered. A timesheet that it does not show may still be there: moved to another
   * person or day, or too new.
   *
   * @param personId whose report it was
   * @param from first day, included
   * @param to last day, included
   * @param timesheets those of the entry, by mark or by the id that the row knows
   */
  record Report(long personId, LocalDate from, LocalDate to, List<Sheet> timesheets)
      implements SecondView {
    public Report {
      timesheets = List.copyOf(timesheets);
    }
  }

  /**
   * A timesheet.
   *
   * @param jobId 0 = the report does not say; as {@code taskId} and {@code personId}
   * @param marked whether it bears the entry's mark
   */
  record Sheet(
      long id,
      long personId,
      long jobId,
      long taskId,
      LocalDate day,
      BigDecimal hours,
      boolean marked) {}

  /** It did not answer. */
  record Trouble(String message) implements SecondView {}
}
