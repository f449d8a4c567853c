package io.timebridge.local.planted;

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
public abstract class AroundSecond implements SecondService {
  /** What a call is when it neither makes something new nor is known not to, or on whose key. */
  public static final String UNKNOWN = "-";

  /** A call that makes something new. */
  public static final String ADD = "add";

  /** A call that does not. */
  public static final String CHANGE = "change";

  private static final Pattern MARK = Pattern.compile("\\[TB#(\\d+)\\]\\s*\\z");

  private final SecondService second;

  protected AroundSecond(SecondService second) {
    this.second = second;
  }

  /** A changing call, ready to be made. */
  protected interface Sending {
    Answer send() throws ServiceTrouble, InterruptedException;
  }

  /** Makes the call. */
  protected abstract Answer around(String operation, String key, Sending sending)
      throws ServiceTrouble, InterruptedException;

  /** The same around another view. */
  protected abstract SecondService around(SecondService view);

  /** The condition that the view gets. */
  protected BooleanSupplier condition(BooleanSupplier maySend) {
    return maySend;
  }

  @Override
  public final void requireOpen() throws ServiceTrouble {
    second.requireOpen();
  }

  @Override
  public final void admit() throws ServiceTrouble {
    second.admit();
  }

  @Override
  public final SecondService sendingOnlyWhile(BooleanSupplier maySend) {
    return around(second.sendingOnlyWhile(condition(maySend)));
  }

  @Override
  public final Answer add(Timesheet timesheet) throws ServiceTrouble, InterruptedException {
    return around(ADD, key(timesheet), () -> second.add(timesheet));
  }

  @Override
  public final Answer update(long timesheetId, Timesheet timesheet)
      throws ServiceTrouble, InterruptedException {
    return around(CHANGE, key(timesheet), () -> second.update(timesheetId, timesheet));
  }

  @Override
  public final Answer delete(long timesheetId) throws ServiceTrouble, InterruptedException {
    return around(CHANGE, UNKNOWN, () -> second.delete(timesheetId));
  }

  private static String key(Timesheet timesheet) {
    Matcher mark = MARK.matcher(timesheet.description());
    return mark.find() ? mark.group(1) : UNKNOWN;
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
