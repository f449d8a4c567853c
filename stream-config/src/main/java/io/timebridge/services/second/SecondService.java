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

    /**
     * A business error: understood, not done. {@code message} is what the service said, without
     * control characters, at most 200 characters.
     */
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
   * Says whether a call would be let through at all, without making one and without waiting.
   *
   * @throws ServiceTrouble {@code CIRCUIT_OPEN} while the circuit is open, {@code CREDENTIALS}
   *     while a person has to log in again; with the time after which to ask again
   */
  default void requireOpen() throws ServiceTrouble {}

  /**
   * As {@link #requireOpen}, for a piece of work that begins now and leads to calls: after an
   * outage no more work begins than there are calls to make. To be asked once per piece of work,
   * before anything is read for it.
   *
   * @throws ServiceTrouble {@code CIRCUIT_OPEN} also when others go first; and see {@link
   *     #requireOpen}
   */
  default void admit() throws ServiceTrouble {
    requireOpen();
  }

  /**
   * The same service, with a last say on every changing call: {@code maySend} is asked when every
   * wait is over (permits, session, connection), right before the form leaves. If it says no, or
   * this view's own condition does, nothing has been sent: {@link ServiceTrouble.Kind#NOT_DONE}.
   * Calls that only read are not held back. {@code maySend} must not block and may be asked more
   * than once.
   */
  SecondService sendingOnlyWhile(BooleanSupplier maySend);

  /** {@link Answer.Done} holds 0 when the service did not name the new timesheet. */
  Answer add(Timesheet timesheet) throws ServiceTrouble, InterruptedException;

  /** {@link Answer.Done} may hold 0 here too: the id is the caller's. */
  Answer update(long timesheetId, Timesheet timesheet) throws ServiceTrouble, InterruptedException;

  Answer delete(long timesheetId) throws ServiceTrouble, InterruptedException;

  /**
   * The timesheets of one person from {@code from} to {@code to}, both included: a complete report,
   * or trouble. An empty report is complete too, and proves nothing by itself. Rows are given as
   * the report has them: one that ignores what it was asked for may name other people and days.
   */
  List<ReportedTimesheet> timesheets(long personId, LocalDate from, LocalDate to)
      throws ServiceTrouble, InterruptedException;

  /** {@code personId}, {@code jobId} and {@code taskId} are 0 where the report has none. */
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
