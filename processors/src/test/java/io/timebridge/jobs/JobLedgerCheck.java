package io.timebridge.jobs;

import io.timebridge.jobs.SimulatedService.Landed;
import io.timebridge.services.first.FirstService.Client;
import io.timebridge.services.first.FirstService.Project;
import io.timebridge.stream.JobEvent;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * Judges what FirstService was made to hold, by nothing but the events and the ledger: one project
 * per job, one client per client, the newest state at the end, and no older state after a newer
 * one.
 */
record JobLedgerCheck(
    List<Published> published, List<Landed<Project>> projects, List<Landed<Client>> clients) {
  record Published(Position at, JobEvent event) {}

  /** What is wrong; empty = nothing. */
  Optional<String> problem() {
    Map<String, List<Published>> byKey =
        published.stream()
            .collect(
                Collectors.groupingBy(p -> p.event().key(), TreeMap::new, Collectors.toList()));
    return byKey.values().stream()
        .map(events ->
            events.getFirst().event() instanceof JobEvent.Job ? job(events) : client(events))
        .flatMap(Optional::stream)
        .findFirst()
        .or(this::clientOfJobs);
  }

  private Optional<String> job(List<Published> events) {
    JobEvent.Job newest = (JobEvent.Job) newest(events).event();
    String externalId = Long.toString(newest.id());
    List<Project> history =
        projects.stream().map(Landed::row).filter(p -> p.externalId().equals(externalId)).toList();
    boolean neverOpen = events.stream().noneMatch(p -> ((JobEvent.Job) p.event()).open());
    if (history.isEmpty() && (neverOpen || !newest.open())) {
      return Optional.empty();
    }
    if (history.stream().map(Project::id).distinct().count() != 1) {
      return Optional.of("not one project of " + newest.key() + ": " + history);
    }
    if (!shows(newest, history.getLast())) {
      return Optional.of("not the newest state of " + newest + ": " + history.getLast());
    }
    return order(events, history, (event, project) -> shows((JobEvent.Job) event, project));
  }

  private boolean shows(JobEvent.Job job, Project p) {
    return p.name().equals(job.name() + " - " + job.code())
        && p.active() == job.open()
        && clientOf(p).filter(id -> id.equals(Long.toString(job.clientId()))).isPresent();
  }

  private Optional<String> clientOf(Project p) {
    return clients.stream()
        .map(Landed::row)
        .filter(c -> c.id() == p.clientId())
        .map(Client::externalId)
        .filter(id -> !id.isEmpty())
        .findFirst();
  }

  private Optional<String> client(List<Published> events) {
    JobEvent.Client newest = (JobEvent.Client) newest(events).event();
    List<Client> history = historyOf(Long.toString(newest.id()));
    if (history.isEmpty() || !history.getLast().name().equals(newest.name())) {
      return Optional.of("not the newest state of " + newest + ": " + history);
    }
    // the first state may be a job's, which knows only the name of its time
    return order(
        events,
        history.subList(1, history.size()),
        (event, client) -> ((JobEvent.Client) event).name().equals(client.name()));
  }

  /** Clients that only jobs speak of are there once, too. */
  private Optional<String> clientOfJobs() {
    return clients.stream()
        .map(landed -> landed.row().externalId())
        .filter(id -> !id.isEmpty())
        .distinct()
        .filter(id -> historyOf(id).stream().map(Client::id).distinct().count() != 1)
        .findFirst()
        .map(id -> "not one client of client-" + id + ": " + historyOf(id));
  }

  private List<Client> historyOf(String externalId) {
    return clients.stream()
        .map(Landed::row)
        .filter(c -> c.externalId().equals(externalId))
        .toList();
  }

  /** Every state is that of an event no older than those before it. */
  private static <T> Optional<String> order(
      List<Published> events, List<T> history, BiPredicate<JobEvent, T> shows) {
    Position reached = Position.NONE;
    for (T state : history) {
      Position from = reached;
      Optional<Position> of =
          events.stream()
              .filter(p -> shows.test(p.event(), state) && !from.isAfter(p.at()))
              .map(Published::at)
              .min(Comparator.comparingLong(Position::epoch).thenComparing(Position::sequence));
      if (of.isEmpty()) {
        return Optional.of("an older state after a newer one: " + state + " in " + history);
      }
      reached = of.get();
    }
    return Optional.empty();
  }

  private static Published newest(List<Published> events) {
    return events.stream()
        .max(
            Comparator.comparingLong((Published p) -> p.at().epoch())
                .thenComparing(p -> p.at().sequence()))
        .orElseThrow();
  }
}
