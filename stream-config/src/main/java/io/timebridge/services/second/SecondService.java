package io.timebridge.services.second;

import io.timebridge.services.ServiceTrouble;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * SecondService as Timebridge uses it. Implementations are thread-safe; every method blocks. A call
 * that changes something is sent at most once, except after the service refused the session, in
 * which case it had surely not been done and is sent once more.
 */
public interface SecondService {
  /** Answer to a call that changes a timesheet. */
  sealed interface Answer {
    /** Done. {@code timesheetId} is 0 when the answer did not name it. */
    record Done(long timesheetId) implements Answer {}

    /** A business error: understood, not done. */
    record Refused(Reason reason, String message) implements Answer {}
  }

  /** What a business error is about. */
  enum Reason {
    CLOSED_JOB,
    UNKNOWN_JOB,
    UNKNOWN_TASK,
    UNKNOWN_PERSON,
    LOCKED_PERIOD,
    UNKNOWN_TIMESHEET,
    BAD_HOURS,
    OTHER
  }

  /**
   * What a timesheet holds. {@code hours} as they are to be sent; {@code day} the user's own day.
   */
  record Timesheet(
      long clientId,
      long jobId,
      long taskId,
      long personId,
      BigDecimal hours,
      LocalDate day,
      String description) {}

  /**
   * This service, for calls that must be sent now or not at all: {@code maySend} is asked right
   * before the first byte leaves, after every wait for a permit or a session; when it says no, the
   * call ends as {@link ServiceTrouble.Kind#NOT_DONE}.
   */
  SecondService sendingOnlyWhile(BooleanSupplier maySend);

  Answer add(Timesheet timesheet) throws ServiceTrouble, InterruptedException;

  Answer update(long timesheetId, Timesheet timesheet) throws ServiceTrouble, InterruptedException;

  Answer delete(long timesheetId) throws ServiceTrouble, InterruptedException;

  /**
   * The timesheets of one person from {@code from} to {@code to}, both included: a complete report,
   * or trouble. An empty report is complete too, and proves nothing by itself.
   */
  List<ReportedTimesheet> timesheets(long personId, LocalDate from, LocalDate to)
      throws ServiceTrouble, InterruptedException;

  record ReportedTimesheet(
      long id,
      long personId,
      long jobId,
      long taskId,
      LocalDate day,
      BigDecimal hours,
      String description) {}

  /** The tasks of a job. A job that does not exist has none. */
  List<Task> tasks(long jobId) throws ServiceTrouble, InterruptedException;

  record Task(long id, String name) {}

  /** Every open job: a well-formed listing, or trouble. */
  List<Job> openJobs() throws ServiceTrouble, InterruptedException;

  record Job(
      long id, String code, String name, long clientId, String clientCode, String clientName) {}

  /** Every client that is not archived: a well-formed listing, or trouble. */
  List<Client> clients() throws ServiceTrouble, InterruptedException;

  record Client(long id, String code, String name) {}
}
