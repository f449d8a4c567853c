package io.timebridge.jobs;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;

/**
 * FirstService as hostile as its contract allows: calls whose answer is lost, that land late or
 * never, that are refused for lack of time; listings that lag and are cut short. Keeps a ledger of
 * every effect. Used by whoever has the turn.
 */
final class SimulatedService {
  /** Rows of a kind as they came to be, each with its time. */
  record Landed<T>(long at, T row) {}

  private record Pending(long at, Runnable effect) {}

  private final Steps steps;
  private final Random random;
  private final Duration landsWithin;
  private final Duration visibleWithin;
  private final List<Landed<FirstService.Project>> projects = new ArrayList<>();
  private final List<Landed<FirstService.Client>> clients = new ArrayList<>();
  private final PriorityQueue<Pending> pending =
      new PriorityQueue<>(Comparator.comparingLong(Pending::at));
  private long lastId = 100;

  SimulatedService(Steps steps, Random random, Duration landsWithin, Duration visibleWithin) {
    this.steps = steps;
    this.random = random;
    this.landsWithin = landsWithin;
    this.visibleWithin = visibleWithin;
  }

  /** What is still under way takes effect. */
  void land(long until) {
    while (!pending.isEmpty() && pending.peek().at() <= until) {
      pending.remove().effect().run();
    }
  }

  List<Landed<FirstService.Project>> projects() {
    return projects;
  }

  List<Landed<FirstService.Client>> clients() {
    return clients;
  }

  FirstService.Client addClient(long at, String name, String externalId) {
    FirstService.Client client = new FirstService.Client(++lastId, name, externalId);
    clients.add(new Landed<>(at, client));
    return client;
  }

  FirstService.Project addProject(long at, String name, String externalId, long clientId) {
    FirstService.Project project =
        new FirstService.Project(++lastId, name, externalId, true, clientId);
    projects.add(new Landed<>(at, project));
    return project;
  }

  /** This service as one process sees it. */
  FirstService seenBy(String process, Fault fault) {
    return new View(process, fault, () -> true);
  }

  /** What a careless client of the service would do. */
  enum Fault {
    NONE,
    REPEATS_IN_PLACE,
    SENDS_TOO_LATE
  }

  private final class View extends ProjectsAndClients {
    private final String process;
    private final Fault fault;
    private final BooleanSupplier maySend;
    private boolean wasCutShort;

    View(String process, Fault fault, BooleanSupplier maySend) {
      this.process = process;
      this.fault = fault;
      this.maySend = maySend;
    }

    @Override
    public FirstService sendingOnlyWhile(BooleanSupplier condition) {
      return new View(process, fault, () -> maySend.getAsBoolean() && condition.getAsBoolean());
    }

    @Override
    public void requireOpen() throws ServiceTrouble {
      if (random.nextInt(50) == 0) {
        throw new ServiceTrouble(
            ServiceTrouble.Kind.CIRCUIT_OPEN, "circuit", Duration.ofSeconds(1), null);
      }
    }

    @Override
    public List<Project> projects() throws ServiceTrouble, InterruptedException {
      return list(projects, Project::id);
    }

    @Override
    public List<Client> clients() throws ServiceTrouble, InterruptedException {
      return list(clients, Client::id);
    }

    private <T> List<T> list(List<Landed<T>> ledger, java.util.function.ToLongFunction<T> id)
        throws ServiceTrouble, InterruptedException {
      steps.at("listing asked");
      if (random.nextInt(30) == 0) {
        throw new ServiceTrouble(ServiceTrouble.Kind.UNKNOWN, "listing: 503");
      }
      land(steps.now());
      long until = steps.now() - (long) (random.nextDouble() * visibleWithin.toNanos());
      Map<Long, T> rows = new LinkedHashMap<>();
      ledger.stream()
          .filter(landed -> landed.at() <= until)
          .forEach(landed -> rows.put(id.applyAsLong(landed.row()), landed.row()));
      boolean cut = !wasCutShort && random.nextInt(8) == 0;
      wasCutShort = cut;
      List<T> shown = new ArrayList<>(rows.values());
      return cut ? shown.subList(0, random.nextInt(shown.size() + 1)) : shown;
    }

    @Override
    public Client createClient(String name, String externalId)
        throws ServiceTrouble, Refused, InterruptedException {
      return change(
          "create client " + name + " of " + externalId, at -> addClient(at, name, externalId));
    }

    @Override
    public Client updateClient(long id, String name, String externalId)
        throws ServiceTrouble, Refused, InterruptedException {
      return change(
          "update client %d %s of %s".formatted(id, name, externalId),
          at -> {
            Client client = new Client(id, name, externalId);
            clients.add(new Landed<>(at, client));
            return client;
          });
    }

    @Override
    public Project createProject(String name, String externalId, long clientId)
        throws ServiceTrouble, Refused, InterruptedException {
      return change(
          "create project " + name + " of " + externalId,
          at -> addProject(at, name, externalId, clientId));
    }

    @Override
    public Project enableLabels(long projectId, Set<Long> labelIds) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Project updateProject(
        long id, String name, String externalId, long clientId, boolean active)
        throws ServiceTrouble, Refused, InterruptedException {
      return change(
          "update project %d %s of %s".formatted(id, name, externalId),
          at -> {
            Project project = new Project(id, name, externalId, active, clientId);
            projects.add(new Landed<>(at, project));
            return project;
          });
    }

    private <T> T change(String call, LongFunction<T> effect)
        throws ServiceTrouble, Refused, InterruptedException {
      try {
        return send(call, effect);
      } catch (ServiceTrouble trouble) {
        if (fault == Fault.REPEATS_IN_PLACE && !trouble.surelyNotDone()) {
          return send(call, effect);
        }
        throw trouble;
      }
    }

    private <T> T send(String call, LongFunction<T> effect)
        throws ServiceTrouble, Refused, InterruptedException {
      steps.at("before the call");
      if (!maySend.getAsBoolean() && fault != Fault.SENDS_TOO_LATE) {
        throw new ServiceTrouble(ServiceTrouble.Kind.NOT_DONE, "too late to send");
      }
      land(steps.now());
      int ending = random.nextInt(10);
      steps.log(() -> process + " " + call + " " + ending);
      switch (ending) {
        case 0 -> // surely not done
            throw new ServiceTrouble(
                ServiceTrouble.Kind.NOT_DONE, "429", Duration.ofMillis(700), null);
        case 1 -> {
          if (random.nextInt(4) == 0) {
            throw new Refused("422");
          }
          steps.at("call sent"); // and lost on its way
        }
        case 2 -> {
          long at = steps.now() + (long) (random.nextDouble() * landsWithin.toNanos());
          pending.add(new Pending(at, () -> ignored(effect.apply(at))));
          steps.at("call sent");
        }
        case 3 -> {
          ignored(effect.apply(steps.now()));
          steps.at("call sent"); // and its answer lost
        }
        default -> {
          T answer = effect.apply(steps.now());
          steps.at("call sent");
          steps.at("answer received");
          return answer;
        }
      }
      throw new ServiceTrouble(ServiceTrouble.Kind.UNKNOWN, "no answer");
    }
  }

  private static void ignored(Object answer) {
    assert answer != null;
  }
}
