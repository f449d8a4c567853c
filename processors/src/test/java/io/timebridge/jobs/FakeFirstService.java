package io.timebridge.jobs;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * FirstService's projects and clients in memory. The next changing calls, and the next listings,
 * can be told how to end.
 */
final class FakeFirstService extends ProjectsAndClients {
  /** How a changing call ends. */
  enum Ending {
    DONE,
    /** Done, but the answer is lost. */
    ANSWER_LOST,
    /** Not done, and the caller cannot know. */
    SILENT,
    /** The caller cannot know, and it is done when the test says so: {@link #land}. */
    LATE,
    /** Surely not done; come back after 7 s. */
    BUSY,
    REFUSED
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Project> projects = new LinkedHashMap<>();
  private final Map<Long, Client> clients = new LinkedHashMap<>();
  private final Deque<Ending> endings = new ArrayDeque<>();
  private final Deque<Runnable> late = new ArrayDeque<>();
  private final List<String> calls = new ArrayList<>();
  private int cutShortListings;
  private int hidingListings;
  private int listings;
  private boolean open = true;
  private long lastId = 100;
  private Runnable beforeClientCreate = () -> {};
  private Runnable beforeAnswer = () -> {};
  private Runnable inTurn = () -> {};

  void next(Ending... more) {
    endings.addAll(List.of(more));
  }

  /** The next listings come without rows. */
  void cutShort(int count) {
    cutShortListings = count;
  }

  /** The next listings come without the newest row, which nobody can notice. */
  void hideNewest(int count) {
    hidingListings = count;
  }

  /** In the caller's thread, before every create of a client. */
  void beforeClientCreate(Runnable work) {
    beforeClientCreate = work;
  }

  /** Once, when the next changing call has waited its turn and is not yet announced. */
  void whenInTurn(Runnable work) {
    inTurn = work;
  }

  /** Once, when the next update of a project is done and not yet answered. */
  void beforeNextAnswer(Runnable work) {
    beforeAnswer = work;
  }

  /** The late calls take effect, in order. */
  void land() {
    locked(() -> {
      while (!late.isEmpty()) {
        late.removeFirst().run();
      }
      return true;
    });
  }

  boolean hasLate() {
    return locked(() -> !late.isEmpty());
  }

  List<String> calls() {
    return locked(() -> List.copyOf(calls));
  }

  int listings() {
    return locked(() -> listings);
  }

  List<Project> allProjects() {
    return locked(() -> List.copyOf(projects.values()));
  }

  List<Client> allClients() {
    return locked(() -> List.copyOf(clients.values()));
  }

  Client addClient(String name, String externalId) {
    return locked(() -> {
      Client client = new Client(++lastId, name, externalId);
      clients.put(client.id(), client);
      return client;
    });
  }

  /** By a person, by hand. */
  void removeClient(long id) {
    Client removed = locked(() -> clients.remove(id));
    assert removed != null;
  }

  Project addProject(String name, String externalId, boolean active, long clientId) {
    return locked(() -> {
      Project project = new Project(++lastId, name, externalId, active, clientId);
      projects.put(project.id(), project);
      return project;
    });
  }

  void setProject(Project project) {
    locked(() -> projects.put(project.id(), project));
  }

  /** Opens the circuit, or closes it again. */
  void circuitOpen(boolean on) {
    open = !on;
  }

  @Override
  public void requireOpen() throws ServiceTrouble {
    if (!open) {
      throw new ServiceTrouble(
          ServiceTrouble.Kind.CIRCUIT_OPEN, "the circuit is open", Duration.ofSeconds(9), null);
    }
    Runnable meanwhile = inTurn;
    inTurn = () -> {};
    meanwhile.run();
  }

  @Override
  public FirstService sendingOnlyWhile(BooleanSupplier maySend) {
    return new View(maySend);
  }

  /** This service, with a last say on every changing call. */
  private final class View extends ProjectsAndClients {
    private final BooleanSupplier maySend;

    View(BooleanSupplier maySend) {
      this.maySend = maySend;
    }

    private FakeFirstService inTime() throws ServiceTrouble {
      if (!maySend.getAsBoolean()) {
        throw new ServiceTrouble(ServiceTrouble.Kind.NOT_DONE, "too late to send");
      }
      return FakeFirstService.this;
    }

    @Override
    public FirstService sendingOnlyWhile(BooleanSupplier condition) {
      return new View(() -> maySend.getAsBoolean() && condition.getAsBoolean());
    }

    @Override
    public List<Project> projects() {
      return FakeFirstService.this.projects();
    }

    @Override
    public List<Client> clients() {
      return FakeFirstService.this.clients();
    }

    @Override
    public Client createClient(String name, String externalId) throws ServiceTrouble, Refused {
      return inTime().createClient(name, externalId);
    }

    @Override
    public Client updateClient(long id, String name, String externalId)
        throws ServiceTrouble, Refused {
      return inTime().updateClient(id, name, externalId);
    }

    @Override
    public Project createProject(String name, String externalId, long clientId)
        throws ServiceTrouble, Refused {
      return inTime().createProject(name, externalId, clientId);
    }

    @Override
    public Project updateProject(
        long id, String name, String externalId, long clientId, boolean active)
        throws ServiceTrouble, Refused {
      return inTime().updateProject(id, name, externalId, clientId, active);
    }

    @Override
    public Project enableLabels(long projectId, Set<Long> labelIds) throws ServiceTrouble, Refused {
      return inTime().enableLabels(projectId, labelIds);
    }
  }

  @Override
  public List<Project> projects() {
    return list(projects);
  }

  @Override
  public List<Client> clients() {
    return list(clients);
  }

  private <T> List<T> list(Map<Long, T> rows) {
    return locked(() -> {
      listings++;
      boolean cut = cutShortListings > 0;
      cutShortListings -= cut ? 1 : 0;
      boolean hide = hidingListings > 0;
      hidingListings -= hide ? 1 : 0;
      List<T> all = List.copyOf(rows.values());
      return cut ? List.of() : hide ? all.subList(0, all.size() - 1) : all;
    });
  }

  @Override
  public Client createClient(String name, String externalId) throws ServiceTrouble, Refused {
    beforeClientCreate.run();
    return change("create client " + name, () -> addClient(name, externalId));
  }

  @Override
  public Client updateClient(long id, String name, String externalId)
      throws ServiceTrouble, Refused {
    return change(
        "update client " + name,
        () -> {
          Client client = new Client(id, name, externalId);
          clients.put(id, client);
          return client;
        });
  }

  @Override
  public Project createProject(String name, String externalId, long clientId)
      throws ServiceTrouble, Refused {
    return change("create project " + name, () -> addProject(name, externalId, true, clientId));
  }

  @Override
  public Project updateProject(
      long id, String name, String externalId, long clientId, boolean active)
      throws ServiceTrouble, Refused {
    Project updated =
        change(
            "update project " + name,
            () -> {
              Project was = projects.get(id);
              Project bare = new Project(id, name, externalId, active, clientId);
              Project project =
                  was != null && was.customLabels() ? withLabels(bare, was.labelIds()) : bare;
              projects.put(id, project);
              return project;
            });
    Runnable meanwhile = beforeAnswer;
    beforeAnswer = () -> {};
    meanwhile.run();
    return updated;
  }

  @Override
  public Project enableLabels(long projectId, Set<Long> labelIds) throws ServiceTrouble, Refused {
    return change(
        "enable labels " + new TreeSet<>(labelIds),
        () -> {
          Project is = Objects.requireNonNull(projects.get(projectId), "no such project");
          Project changed = withLabels(is, labelIds);
          projects.put(projectId, changed);
          return changed;
        });
  }

  private static Project withLabels(Project is, Set<Long> labels) {
    return new Project(
        is.id(), is.name(), is.externalId(), is.active(), is.clientId(), true, labels);
  }

  /** By a person, by hand. */
  void chooseLabels(long projectId, Set<Long> labels) {
    Project is = locked(() -> Objects.requireNonNull(projects.get(projectId), "no such project"));
    setProject(withLabels(is, labels));
  }

  private <T> T change(String call, Supplier<T> effect) throws ServiceTrouble, Refused {
    lock.lock();
    try {
      calls.add(call);
      Ending ending = endings.isEmpty() ? Ending.DONE : endings.removeFirst();
      switch (ending) {
        case DONE -> {
          return effect.get();
        }
        case ANSWER_LOST -> unused(effect.get());
        case SILENT -> {}
        case LATE -> late.add(() -> unused(effect.get()));
        case BUSY ->
            throw new ServiceTrouble(
                ServiceTrouble.Kind.NOT_DONE, "429", Duration.ofSeconds(7), null);
        case REFUSED -> throw new Refused("422 name: is not welcome");
      }
      throw new ServiceTrouble(ServiceTrouble.Kind.UNKNOWN, "no answer");
    } finally {
      lock.unlock();
    }
  }

  private static void unused(Object answer) {
    assert answer != null;
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
