package io.timebridge.ingest.poller;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Lists what it is told to; everything else is not for a poller. */
final class FakeSecondService implements SecondService {
  /** May throw. */
  interface Answers<T> {
    List<T> get() throws ServiceTrouble, InterruptedException;
  }

  private final List<Client> clients = new ArrayList<>();
  private final List<Job> jobs = new ArrayList<>();
  Answers<Client> clientAnswer = () -> List.copyOf(clients);
  Answers<Job> jobAnswer = () -> List.copyOf(jobs);
  int looks;

  void client(long id, String name) {
    clients.removeIf(c -> c.id() == id);
    clients.add(new Client(id, "C" + id, name));
  }

  void job(long id, String name, long clientId) {
    jobs.removeIf(j -> j.id() == id);
    jobs.add(new Job(id, "J" + id, name, clientId, "C" + clientId, "client " + clientId));
  }

  void closeJob(long id) {
    jobs.removeIf(j -> j.id() == id);
  }

  void forgetClient(long id) {
    clients.removeIf(c -> c.id() == id);
  }

  @Override
  public List<Client> clients() throws ServiceTrouble, InterruptedException {
    looks++;
    return clientAnswer.get();
  }

  @Override
  public List<Job> openJobs() throws ServiceTrouble, InterruptedException {
    return jobAnswer.get();
  }

  @Override
  public Answer add(Timesheet timesheet) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Answer update(long timesheetId, Timesheet timesheet) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Answer delete(long timesheetId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<ReportedTimesheet> timesheets(long personId, LocalDate from, LocalDate to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SecondService sendingOnlyWhile(BooleanSupplier condition) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Task> tasks(long jobId) {
    throw new UnsupportedOperationException();
  }
}
