package io.timebridge.backup;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.stream.EntryId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** FirstService as far as backups ask it: entries by id. */
final class FakeEntries implements FirstService {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private final Map<EntryId, String> entries = new HashMap<>();
  private @Nullable ServiceTrouble trouble;
  int fetches;

  void put(long id, String json) {
    entries.put(new EntryId(id), json);
  }

  void remove(long id) {
    entries.remove(new EntryId(id));
  }

  void trouble(@Nullable ServiceTrouble next) {
    trouble = next;
  }

  @Nullable ServiceTrouble closed;

  @Override
  public void requireOpen() throws ServiceTrouble {
    if (closed != null) {
      throw closed;
    }
  }

  @Override
  public FirstService sendingOnlyWhile(BooleanSupplier maySend) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Lookup event(EntryId id) throws ServiceTrouble {
    fetches++;
    if (trouble != null) {
      throw trouble;
    }
    String json = entries.get(id);
    return json == null ? new Lookup.Gone() : new Lookup.Found(JSON.readTree(json));
  }

  @Override
  public List<Project> projects() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Client> clients() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Label> labels() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<User> users() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<User> user(long id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Client createClient(String name, String externalId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Client updateClient(long id, String name, String externalId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Project createProject(String name, String externalId, long clientId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Project enableLabels(long projectId, Set<Long> labelIds) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Project updateProject(
      long id, String name, String externalId, long clientId, boolean active) {
    throw new UnsupportedOperationException();
  }
}
