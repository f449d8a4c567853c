package io.timebridge.local.simulated;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.SecondService;
import java.time.LocalDate;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** SecondService as one host reaches it: through the product's own gate, over the wire. */
final class SimulatedSecond implements SecondService {
  private final Host host;
  private final Kernel kernel;
  private final Wire wire;
  private final ServiceGate gate;
  private final Books books;
  private final BooleanSupplier maySend;

  SimulatedSecond(Host host, Kernel kernel, Wire wire, ServiceGate gate, Books books) {
    this(host, kernel, wire, gate, books, () -> true);
  }

  private SimulatedSecond(
      Host host, Kernel kernel, Wire wire, ServiceGate gate, Books books, BooleanSupplier maySend) {
    this.host = host;
    this.kernel = kernel;
    this.wire = wire;
    this.gate = gate;
    this.books = books;
    this.maySend = maySend;
  }

  @Override
  public void requireOpen() throws ServiceTrouble {
    gate.requireOpen();
  }

  @Override
  public void admit() throws ServiceTrouble {
    gate.admit();
  }

  @Override
  public SecondService sendingOnlyWhile(BooleanSupplier condition) {
    BooleanSupplier both = () -> maySend.getAsBoolean() && condition.getAsBoolean();
    return new SimulatedSecond(host, kernel, wire, gate, books, both);
  }

  @Override
  public Answer add(Timesheet timesheet) throws ServiceTrouble, InterruptedException {
    return change("add", () -> books.add(timesheet));
  }

  @Override
  public Answer update(long id, Timesheet timesheet) throws ServiceTrouble, InterruptedException {
    return change("update", () -> books.update(id, timesheet));
  }

  @Override
  public Answer delete(long id) throws ServiceTrouble, InterruptedException {
    return change("delete", () -> books.delete(id));
  }

  private Answer change(String what, Supplier<Answer> effect)
      throws ServiceTrouble, InterruptedException {
    return gate.call(what, maySend, () -> wire.change(host, maySend, effect));
  }

  @Override
  public List<ReportedTimesheet> timesheets(long personId, LocalDate from, LocalDate to)
      throws ServiceTrouble, InterruptedException {
    return gate.call("report", () -> true, () -> wire.read(host, () -> report(personId, from, to)));
  }

  private List<ReportedTimesheet> report(long personId, LocalDate from, LocalDate to) {
    boolean byMistake = wire.isHostile() && kernel.chance(0.1);
    if (byMistake && books.mayLie(personId, from)) {
      return List.of();
    }
    return books.report(personId, from, to);
  }

  @Override
  public List<Task> tasks(long jobId) throws ServiceTrouble, InterruptedException {
    return gate.call(
        "tasks", () -> true, () -> wire.read(host, () -> List.of(new Task(5, "Design"))));
  }

  @Override
  public List<Job> openJobs() {
    throw new UnsupportedOperationException("not part of this simulation");
  }

  @Override
  public List<Client> clients() {
    throw new UnsupportedOperationException("not part of this simulation");
  }
}
