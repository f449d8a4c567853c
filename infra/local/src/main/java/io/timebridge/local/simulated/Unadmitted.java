package io.timebridge.local.simulated;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import java.time.LocalDate;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A service whose gate is not asked whether work may begin: only whether it is open. */
record Unadmitted(SecondService second) implements SecondService {
  @Override
  public void requireOpen() throws ServiceTrouble {
    second.requireOpen();
  }

  @Override
  public void admit() throws ServiceTrouble {
    second.requireOpen();
  }

  @Override
  public SecondService sendingOnlyWhile(BooleanSupplier maySend) {
    return second.sendingOnlyWhile(maySend);
  }

  @Override
  public Answer add(Timesheet timesheet) throws ServiceTrouble, InterruptedException {
    return second.add(timesheet);
  }

  @Override
  public Answer update(long id, Timesheet timesheet) throws ServiceTrouble, InterruptedException {
    return second.update(id, timesheet);
  }

  @Override
  public Answer delete(long id) throws ServiceTrouble, InterruptedException {
    return second.delete(id);
  }

  @Override
  public List<ReportedTimesheet> timesheets(long personId, LocalDate from, LocalDate to)
      throws ServiceTrouble, InterruptedException {
    return second.timesheets(personId, from, to);
  }

  @Override
  public List<Task> tasks(long jobId) throws ServiceTrouble, InterruptedException {
    return second.tasks(jobId);
  }

  @Override
  public List<Job> openJobs() throws ServiceTrouble, InterruptedException {
    return second.openJobs();
  }

  @Override
  public List<Client> clients() throws ServiceTrouble, InterruptedException {
    return second.clients();
  }
}
