package io.timebridge.services.first;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.stream.EntryId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/**
 * FirstService as Timebridge uses it. Implementations are thread-safe; every method blocks. A call
 * that changes something is sent at most once, except after the service refused the token, in which
 * case it had surely not been done and is sent once more.
 */
public interface FirstService {
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
   * wait is over (permits, token, connection), right before the body leaves. If it says no, or this
   * view's own condition does, nothing has been sent: {@link ServiceTrouble.Kind#NOT_DONE}. Calls
   * that only read are not held back. {@code maySend} must not block and may be asked more than
   * once.
   */
  FirstService sendingOnlyWhile(BooleanSupplier maySend);

  /**
   * The entry as it is now. {@link Lookup.Gone} only for a 404 with a working token and a JSON
   * error body, or an answer that says {@code deleted: true}; anything doubtful is a {@link
   * ServiceTrouble}.
   */
  Lookup event(EntryId id) throws ServiceTrouble, InterruptedException;

  /** What {@link #event} found. */
  sealed interface Lookup {
    /** {@code event}: the whole JSON object. */
    record Found(JsonNode event) implements Lookup {}

    record Gone() implements Lookup {}
  }

  /** Every project, archived ones too: all pages, or trouble. */
  List<Project> projects() throws ServiceTrouble, InterruptedException;

  /** Every client: all pages, or trouble. */
  List<Client> clients() throws ServiceTrouble, InterruptedException;

  /** Every label, flattened. */
  List<Label> labels() throws ServiceTrouble, InterruptedException;

  /** Every user. */
  List<User> users() throws ServiceTrouble, InterruptedException;

  /** The user of that id; empty for a 404. */
  Optional<User> user(long id) throws ServiceTrouble, InterruptedException;

  Client createClient(String name, String externalId)
      throws ServiceTrouble, Refused, InterruptedException;

  Client updateClient(long id, String name, String externalId)
      throws ServiceTrouble, Refused, InterruptedException;

  /** Creates with {@code rate_type: project} and {@code enable_labels: custom}. */
  Project createProject(String name, String externalId, long clientId)
      throws ServiceTrouble, Refused, InterruptedException;

  Project updateProject(long id, String name, String externalId, long clientId, boolean active)
      throws ServiceTrouble, Refused, InterruptedException;

  /**
   * Makes {@code labelIds} the labels that are enabled on a project, and changes nothing else of
   * it. A label that is not among them is enabled no longer.
   */
  Project enableLabels(long projectId, Set<Long> labelIds)
      throws ServiceTrouble, Refused, InterruptedException;

  record Client(long id, String name, String externalId) {}

  /**
   * {@code externalId} is empty where none is set; {@code clientId} 0 where the project has no
   * client.
   *
   * @param customLabels whether exactly {@code labelIds} are enabled on it; else all are, or none,
   *     or the service did not say which
   */
  record Project(
      long id,
      String name,
      String externalId,
      boolean active,
      long clientId,
      boolean customLabels,
      Set<Long> labelIds) {
    public Project {
      labelIds = Set.copyOf(labelIds);
    }

    /** One whose labels are not of its own. */
    public Project(long id, String name, String externalId, boolean active, long clientId) {
      this(id, name, externalId, active, clientId, false, Set.of());
    }
  }

  /** {@code parentId} is 0 for a root. */
  record Label(long id, String name, long parentId, boolean active) {}

  record User(long id, String email, String name, String externalId, boolean active) {}

  /** FirstService understood and said no (4xx with an explanation). The call was not done. */
  final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    public Refused(String message) {
      super(message);
    }
  }
}
