package io.timebridge.bench.parking;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * SecondService as a stub: every call takes the same time, and the timesheets of some are refused
 * for good. Holds nothing. Thread-safe.
 */
final class StubSecond implements SecondService {
  private static final Answer REFUSED = new Answer.Refused(Reason.LOCKED_PERIOD, "locked");

  private final long millis;
  private final Predicate<Timesheet> refuses;
  private final AtomicLong ids;
  private final BooleanSupplier maySend;

  StubSecond(long millis, Predicate<Timesheet> refuses) {
    this(millis, refuses, new AtomicLong(), () -> true);
  }

  private StubSecond(
      long millis, Predicate<Timesheet> refuses, AtomicLong ids, BooleanSupplier maySend) {
    this.millis = millis;
    this.refuses = refuses;
    this.ids = ids;
    this.maySend = maySend;
  }

  @Override
  public SecondService sendingOnlyWhile(BooleanSupplier may) {
    return new StubSecond(millis, refuses, ids, () -> maySend.getAsBoolean() && may.getAsBoolean());
  }

  private void send() throws ServiceTrouble, InterruptedException {
    if (!maySend.getAsBoolean()) {
      throw new ServiceTrouble(ServiceTrouble.Kind.NOT_DONE, "too late to send");
    }
    Thread.sleep(millis);
  }

  @Override
  public Answer add(Timesheet timesheet) throws ServiceTrouble, InterruptedException {
    send();
    return refuses.test(timesheet) ? REFUSED : new Answer.Done(ids.incrementAndGet());
  }

  @Override
  public Answer update(long id, Timesheet timesheet) throws ServiceTrouble, InterruptedException {
    send();
    return refuses.test(timesheet) ? REFUSED : new Answer.Done(id);
  }

  @Override
  public Answer delete(long id) throws ServiceTrouble, InterruptedException {
    send();
    return new Answer.Done(id);
  }

  @Override
  public List<ReportedTimesheet> timesheets(long personId, LocalDate from, LocalDate to) {
    throw new UnsupportedOperationException("no outcome is unknown here");
  }

  @Override
  public List<Task> tasks(long jobId) throws InterruptedException {
    Thread.sleep(millis);
    return List.of(new Task(Events.TASK, "Design"));
  }

  @Override
  public List<Job> openJobs() {
    throw new UnsupportedOperationException("no job is polled here");
  }

  @Override
  public List<Client> clients() {
    throw new UnsupportedOperationException("no client is polled here");
  }
}
