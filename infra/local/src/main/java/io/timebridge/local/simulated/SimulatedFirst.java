package io.timebridge.local.simulated;

import io.timebridge.local.planted.Step;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.stream.EntryId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** FirstService as one host reaches it: through the product's own gate, over the wire. */
final class SimulatedFirst implements FirstService {
  private final Host host;
  private final Kernel kernel;
  private final Wire wire;
  private final ServiceGate gate;
  private final Strikes strikes;
  private final Map<EntryId, History> histories;

  SimulatedFirst(
      Host host,
      Kernel kernel,
      Wire wire,
      ServiceGate gate,
      Strikes strikes,
      Map<EntryId, History> histories) {
    this.host = host;
    this.kernel = kernel;
    this.wire = wire;
    this.gate = gate;
    this.strikes = strikes;
    this.histories = histories;
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
  public FirstService sendingOnlyWhile(BooleanSupplier maySend) {
    throw notPartOfThis();
  }

  @Override
  public Lookup event(EntryId id) throws ServiceTrouble, InterruptedException {
    Lookup found = gate.call("event", () -> true, () -> wire.read(host, () -> lookUp(id)));
    strikes.at(Step.FETCHED, host);
    return found;
  }

  private Lookup lookUp(EntryId id) {
    History history = histories.get(id);
    if (history == null || !history.existsAt(kernel.now())) {
      return new Lookup.Gone();
    }
    History.Version now = history.at(kernel.now());
    return now.gone() ? new Lookup.Gone() : new Lookup.Found(now.json());
  }

  @Override
  public List<Label> labels() throws ServiceTrouble, InterruptedException {
    return gate.call(
        "labels",
        () -> true,
        () -> wire.read(host, () -> List.of(new Label(History.LABEL, "Design", 0, true))));
  }

  @Override
  public Optional<User> user(long id) throws ServiceTrouble, InterruptedException {
    User user = new User(id, "u@example.org", "U", Long.toString(100 + id), true);
    return gate.call("user", () -> true, () -> wire.read(host, () -> Optional.of(user)));
  }

  @Override
  public List<Project> projects() {
    throw notPartOfThis();
  }

  @Override
  public List<Client> clients() {
    throw notPartOfThis();
  }

  @Override
  public List<User> users() {
    throw notPartOfThis();
  }

  @Override
  public Client createClient(String name, String externalId) {
    throw notPartOfThis();
  }

  @Override
  public Client updateClient(long id, String name, String externalId) {
    throw notPartOfThis();
  }

  @Override
  public Project createProject(String name, String externalId, long clientId) {
    throw notPartOfThis();
  }

  @Override
  public Project enableLabels(long projectId, Set<Long> labelIds) {
    throw notPartOfThis();
  }

  @Override
  public Project updateProject(
      long id, String name, String externalId, long clientId, boolean active) {
    throw notPartOfThis();
  }

  private static UnsupportedOperationException notPartOfThis() {
    return new UnsupportedOperationException("not part of this simulation");
  }
}
