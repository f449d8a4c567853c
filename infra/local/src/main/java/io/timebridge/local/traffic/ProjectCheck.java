package io.timebridge.local.traffic;

import io.timebridge.local.traffic.Comparison.Findings;
import io.timebridge.local.traffic.Comparison.Rules;
import io.timebridge.local.traffic.FirstSide.Client;
import io.timebridge.local.traffic.FirstSide.Project;
import io.timebridge.local.traffic.SecondSide.Job;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Every job and client against its project and client in FirstService. For one use. */
final class ProjectCheck {
  final Findings wrong = new Findings();

  private final FirstSide first;
  private final SecondSide second;
  private final Rules rules;
  private final Map<Long, List<Project>> active = new HashMap<>();
  private int jobs;
  private int projects;

  ProjectCheck(FirstSide first, SecondSide second, Rules rules) {
    this.first = first;
    this.second = second;
    this.rules = rules;
  }

  int jobs() {
    return jobs;
  }

  int projects() {
    return projects;
  }

  void check() {
    for (Project project : first.projects().values()) {
      Optional<Long> job = project.externalId();
      if (project.active() && job.isPresent()) {
        active.merge(job.get(), List.of(project), ProjectCheck::joined);
      }
    }
    Set<Long> clients = new TreeSet<>();
    for (Job job : second.jobs().values()) {
      SecondSide.Client client = client(job.client());
      if (!job.open()) {
        checkClosed(job);
      } else if (!rules.excludedClientCodes().contains(client.code())) {
        checkOpen(job);
        clients.add(job.client());
      }
    }
    active.forEach((job, of) -> {
      if (!second.jobs().containsKey(job)) {
        wrong.add("project %d is of unknown job %d".formatted(of.getFirst().id(), job));
      }
    });
    clients.forEach(this::checkClient);
  }

  private void checkOpen(Job job) {
    jobs++;
    List<Project> of = active.getOrDefault(job.id(), List.of());
    projects += of.size();
    if (of.size() != 1) {
      wrong.add(
          "job %d has %d active projects %s, expected 1"
              .formatted(job.id(), of.size(), of.stream().map(Project::id).toList()));
      return;
    }
    Project project = of.getFirst();
    String name = job.name() + " - " + job.code();
    if (!project.name().equals(name)) {
      wrong.add(
          "project %d of job %d is named '%s', expected '%s'"
              .formatted(project.id(), job.id(), project.name(), name));
    }
    Optional<Long> client =
        first.clients().stream()
            .filter(c -> project.clientId().filter(id -> id == c.id()).isPresent())
            .findFirst()
            .flatMap(Client::externalId);
    if (client.filter(id -> id == job.client()).isEmpty()) {
      wrong.add(
          "project %d of job %d is of client %s, expected %d"
              .formatted(
                  project.id(), job.id(), client.map(String::valueOf).orElse("-"), job.client()));
    }
  }

  private void checkClosed(Job job) {
    for (Project project : active.getOrDefault(job.id(), List.of())) {
      wrong.add("job %d is closed, but project %d is active".formatted(job.id(), project.id()));
    }
  }

  private void checkClient(long id) {
    List<Client> of =
        first.clients().stream()
            .filter(c -> c.externalId().filter(external -> external == id).isPresent())
            .toList();
    if (of.size() != 1) {
      wrong.add("client %d is there %d times, expected once".formatted(id, of.size()));
    } else if (!of.getFirst().name().equals(client(id).name())) {
      wrong.add(
          "client %d is named '%s', expected '%s'"
              .formatted(id, of.getFirst().name(), client(id).name()));
    }
  }

  private SecondSide.Client client(long id) {
    SecondSide.Client client = second.clients().get(id);
    if (client == null) {
      throw new IllegalArgumentException("a job is of client %d, which is not there".formatted(id));
    }
    return client;
  }

  private static List<Project> joined(List<Project> some, List<Project> more) {
    List<Project> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }
}
