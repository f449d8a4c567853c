package io.timebridge.bench.parking;

import io.timebridge.services.first.FirstService;
import io.timebridge.stream.EntryId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * FirstService as a stub: one person, one label, every call takes the same time; events say all
 * there is to say, so that no entry is asked for. Thread-safe.
 */
final class StubFirst implements FirstService {
  private final long millis;

  StubFirst(long millis) {
    this.millis = millis;
  }

  @Override
  public FirstService sendingOnlyWhile(BooleanSupplier maySend) {
    return this;
  }

  @Override
  public List<Label> labels() throws InterruptedException {
    Thread.sleep(millis);
    return List.of(new Label(Events.LABEL, "Design", 0, true));
  }

  @Override
  public Optional<User> user(long id) throws InterruptedException {
    Thread.sleep(millis);
    return Optional.of(new User(id, "ada@example.org", "Ada", "17", true));
  }

  private static UnsupportedOperationException never() {
    return new UnsupportedOperationException("not asked for here");
  }

  @Override
  public Lookup event(EntryId id) {
    throw never();
  }

  @Override
  public List<Project> projects() {
    throw never();
  }

  @Override
  public List<Client> clients() {
    throw never();
  }

  @Override
  public List<User> users() {
    throw never();
  }

  @Override
  public Client createClient(String name, String externalId) {
    throw never();
  }

  @Override
  public Client updateClient(long id, String name, String externalId) {
    throw never();
  }

  @Override
  public Project createProject(String name, String externalId, long clientId) {
    throw never();
  }

  @Override
  public Project enableLabels(long projectId, Set<Long> labelIds) {
    throw never();
  }

  @Override
  public Project updateProject(
      long id, String name, String externalId, long clientId, boolean active) {
    throw never();
  }
}
