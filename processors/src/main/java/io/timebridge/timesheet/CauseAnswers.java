package io.timebridge.timesheet;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.second.SecondService;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks whether causes are put right: the mapping for labels, the services themselves for the rest,
 * whatever anybody remembers. One {@link #ask} takes a listing of users, of projects and clients,
 * and of open jobs at most, the task lists of at most {@value #MOST_JOBS} jobs, and a read per
 * label; each only where somebody waits for such a thing. A service in trouble is asked once.
 * Thread-safe.
 */
final class CauseAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(CauseAnswers.class);

  /** Jobs whose tasks are asked for at a time. */
  static final int MOST_JOBS = 50;

  /** What came of asking for a cause. */
  enum Said {
    PUT_RIGHT,
    NOT_YET,
    /** The service did not say. */
    UNKNOWN
  }

  private final FirstService first;
  private final SecondService second;
  private final TaskMapping mapping;
  private final Optional<String> unlabelledTask;

  CauseAnswers(
      FirstService first,
      SecondService second,
      TaskMapping mapping,
      Optional<String> unlabelledTask) {
    this.first = first;
    this.second = second;
    this.mapping = mapping;
    this.unlabelledTask = unlabelledTask;
  }

  /** Those of the causes that were asked for; the others are for the next time. */
  Map<Cause, Said> ask(Collection<Cause> causes)
      throws EntryStore.Unavailable, InterruptedException {
    Asked asked = new Asked();
    Map<Cause, Said> said = new HashMap<>();
    for (Cause cause : causes) {
      switch (cause) {
        case Cause.LabelMapped(long label) ->
            said.put(cause, said(mapping.fresh(label).isPresent()));
        case Cause.TaskThere(long job, long label) -> {
          if (asked.mayAskForTasks(job)) {
            said.put(cause, asked.task(job, label));
          }
        }
        case Cause.UserKnown(long user, long refused) ->
            said.put(
                cause,
                asked.users.said(all ->
                    Optional.ofNullable(all.get(user))
                        .flatMap(u -> Mapper.externalId(u.externalId()))
                        .filter(id -> id != refused)
                        .isPresent()));
        case Cause.ProjectKnown(long project) ->
            said.put(cause, asked.projects.said(known -> known.contains(project)));
        case Cause.JobOpen(long job) ->
            said.put(cause, asked.openJobs.said(open -> open.contains(job)));
      }
    }
    return said;
  }

  private static Said said(boolean putRight) {
    return putRight ? Said.PUT_RIGHT : Said.NOT_YET;
  }

  /** What the services said, each listing asked for once. Used by one thread. */
  private final class Asked {
    private final Service firstService = new Service(first::admit);
    private final Service secondService = new Service(second::admit);
    private final Listing<Map<Long, FirstService.User>> users =
        new Listing<>(
            firstService,
            () ->
                first.users().stream()
                    .collect(
                        Collectors.toMap(FirstService.User::id, Function.identity(), (a, b) -> a)));
    private final Listing<Set<Long>> projects = new Listing<>(firstService, this::knownProjects);
    private final Listing<Set<Long>> openJobs =
        new Listing<>(
            secondService,
            () ->
                second.openJobs().stream().map(SecondService.Job::id).collect(Collectors.toSet()));
    private final Map<Long, Listing<List<SecondService.Task>>> tasks = new HashMap<>();

    boolean mayAskForTasks(long job) {
      return tasks.containsKey(job) || tasks.size() < MOST_JOBS;
    }

    Said task(long job, long label) throws EntryStore.Unavailable, InterruptedException {
      Optional<TaskRef> wanted =
          label == 0 ? unlabelledTask.map(TaskRef.ByName::new) : mapping.fresh(label);
      Listing<List<SecondService.Task>> list =
          tasks.computeIfAbsent(job, id -> new Listing<>(secondService, () -> second.tasks(id)));
      return wanted.isEmpty()
          ? Said.NOT_YET
          : list.said(there -> Mapper.first(there, List.of(wanted.get())).isPresent());
    }

    /** Projects that have an external id and a client with one. */
    private Set<Long> knownProjects() throws ServiceTrouble, InterruptedException {
      Set<Long> clients = new HashSet<>();
      for (FirstService.Client client : first.clients()) {
        if (Mapper.externalId(client.externalId()).isPresent()) {
          clients.add(client.id());
        }
      }
      return first.projects().stream()
          .filter(p -> Mapper.externalId(p.externalId()).isPresent())
          .filter(p -> clients.contains(p.clientId()))
          .map(FirstService.Project::id)
          .collect(Collectors.toSet());
    }
  }

  private interface Ask<T> {
    T ask() throws ServiceTrouble, InterruptedException;
  }

  private interface Test<T> {
    boolean holds(T listing);
  }

  /** Leave of a service for one question. */
  private interface Leave {
    void take() throws ServiceTrouble;
  }

  /** A service as far as it answers: after its first trouble it is left alone. */
  private static final class Service {
    private final Leave leave;
    private boolean inTrouble;

    Service(Leave leave) {
      this.leave = leave;
    }

    <T> Optional<T> ask(Ask<T> question) throws InterruptedException {
      if (inTrouble) {
        return Optional.empty();
      }
      try {
        leave.take();
        return Optional.of(question.ask());
      } catch (ServiceTrouble trouble) {
        inTrouble = true;
        LOG.info("not known whether causes are put right: {}", trouble.getMessage());
        return Optional.empty();
      }
    }
  }

  /** An answer of a service, asked for at the first use and then never again. */
  private static final class Listing<T> {
    private final Service service;
    private final Ask<T> ask;
    private Optional<T> answer = Optional.empty();
    private boolean asked;

    Listing(Service service, Ask<T> ask) {
      this.service = service;
      this.ask = ask;
    }

    Said said(Test<T> test) throws InterruptedException {
      if (!asked) {
        asked = true;
        answer = service.ask(ask);
      }
      return answer.map(a -> CauseAnswers.said(test.holds(a))).orElse(Said.UNKNOWN);
    }
  }
}
