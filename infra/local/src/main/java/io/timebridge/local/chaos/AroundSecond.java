package io.timebridge.local.chaos;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import java.time.LocalDate;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SecondService with something around its changing calls, in every view of it. Everything else is
 * passed on.
 */
abstract class AroundSecond implements SecondService {
  private static final Pattern MARK = Pattern.compile("\\[TB#(\\d+)\\]\\s*\\z");

  private final SecondService second;

  AroundSecond(SecondService second) {
    this.second = second;
  }

  /** A changing call, ready to be made. */
  interface Sending {
    Answer send() throws ServiceTrouble, InterruptedException;
  }

  /** Makes the call. */
  abstract Answer around(String operation, String key, Sending sending)
      throws ServiceTrouble, InterruptedException;

  /** The same around another view. */
  abstract SecondService around(SecondService view);

  /** The condition that the view gets. */
  BooleanSupplier condition(BooleanSupplier maySend) {
    return maySend;
  }

  @Override
  public final void requireOpen() throws ServiceTrouble {
    second.requireOpen();
  }

  @Override
  public final SecondService sendingOnlyWhile(BooleanSupplier maySend) {
    return around(second.sendingOnlyWhile(condition(maySend)));
  }

  @Override
  public final Answer add(Timesheet timesheet) throws ServiceTrouble, InterruptedException {
    return around(Steps.ADD, key(timesheet), () -> second.add(timesheet));
  }

  @Override
  public final Answer update(long timesheetId, Timesheet timesheet)
      throws ServiceTrouble, InterruptedException {
    return around(Steps.CHANGE, key(timesheet), () -> second.update(timesheetId, timesheet));
  }

  @Override
  public final Answer delete(long timesheetId) throws ServiceTrouble, InterruptedException {
    return around(Steps.CHANGE, Steps.UNKNOWN, () -> second.delete(timesheetId));
  }

  private static String key(Timesheet timesheet) {
    Matcher mark = MARK.matcher(timesheet.description());
    return mark.find() ? mark.group(1) : Steps.UNKNOWN;
  }

  @Override
  public final List<ReportedTimesheet> timesheets(long personId, LocalDate from, LocalDate to)
      throws ServiceTrouble, InterruptedException {
    return second.timesheets(personId, from, to);
  }

  @Override
  public final List<Task> tasks(long jobId) throws ServiceTrouble, InterruptedException {
    return second.tasks(jobId);
  }

  @Override
  public final List<Job> openJobs() throws ServiceTrouble, InterruptedException {
    return second.openJobs();
  }

  @Override
  public final List<Client> clients() throws ServiceTrouble, InterruptedException {
    return second.clients();
  }
}
