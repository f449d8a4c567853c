package io.timebridge.jobs;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.first.FirstService.Project;
import io.timebridge.stream.JobEvent;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One project per job: named {@code {Job Name} - {Job Code}}, external id = job id, active while
 * the job is open. A project is found by its external id, else adopted by its exact name within the
 * same client, else made. Nothing is deleted.
 */
final class ProjectRules {
  private final FirstService first;
  private final ClientRules clients;
  private final Directory<Project> directory;

  ProjectRules(FirstService first, ClientRules clients, Directory<Project> directory) {
    this.first = first;
    this.clients = clients;
    this.directory = directory;
  }

  /** What a job's project has to look like. */
  private record Wanted(String name, String externalId, long clientId, boolean active) {
    boolean is(Project p) {
      return p.name().equals(name)
          && p.externalId().equals(externalId)
          && p.clientId() == clientId
          && p.active() == active;
    }
  }

  /** Brings the job's project to the state of the event. */
  Effect apply(JobEvent.Job job, Before before)
      throws ServiceTrouble, FirstService.Refused, InterruptedException {
    directory.expect(before.id());
    Optional<Project> own = findOwn(job, before);
    if (own.isEmpty() && !job.open()) {
      directory.settled(externalId(job));
      return new Effect("the job is closed and never had a project", false, 0, "");
    }
    Wanted wanted =
        new Wanted(
            job.name() + " - " + job.code(),
            externalId(job),
            clients.idOf(job.clientId(), job.clientName()),
            job.open());
    if (own.isPresent()) {
      return update(own.get(), wanted, before);
    }
    Optional<Effect> adopted = adopt(job.clientId(), wanted, before.id());
    return adopted.isPresent() ? adopted.get() : create(wanted);
  }

  private Optional<Project> findOwn(JobEvent.Job job, Before before)
      throws ServiceTrouble, InterruptedException {
    String externalId = externalId(job);
    Predicate<Project> own = p -> p.externalId().equals(externalId);
    Optional<Project> found = directory.find(externalId, own);
    if (found.isEmpty()) {
      found = before.id() > 0 ? directory.findNow(own) : directory.findFresh(own);
    }
    return found;
  }

  private Effect update(Project cached, Wanted wanted, Before before)
      throws ServiceTrouble, FirstService.Refused, InterruptedException {
    Project project = cached;
    if (wanted.is(cached) && before.another()) {
      project = directory.findNow(p -> p.id() == cached.id()).orElse(cached);
    }
    if (wanted.is(project)) {
      directory.settled(wanted.externalId());
      return new Effect("project is as it should be", false, project.id(), project.name());
    }
    long id = project.id();
    write(id, wanted);
    return new Effect("project " + id + " updated", true, id, wanted.name());
  }

  /** Under the client's lock, so that two jobs of one name do not adopt the same project. */
  private Optional<Effect> adopt(long secondClientId, Wanted wanted, long knownId)
      throws ServiceTrouble, FirstService.Refused, InterruptedException {
    return clients.exclusively(
        secondClientId,
        () -> {
          Optional<Project> unowned =
              directory.findFresh(p ->
                  p.externalId().isEmpty()
                      && (p.id() == knownId
                          || (p.clientId() == wanted.clientId()
                              && p.name().equals(wanted.name()))));
          if (unowned.isEmpty()) {
            return Optional.empty();
          }
          long id = unowned.get().id();
          write(id, wanted);
          return Optional.of(new Effect("project " + id + " adopted", true, id, wanted.name()));
        });
  }

  private Effect create(Wanted wanted)
      throws ServiceTrouble, FirstService.Refused, InterruptedException {
    Project made =
        directory.write(
            wanted.externalId(),
            () -> first.createProject(wanted.name(), wanted.externalId(), wanted.clientId()));
    return new Effect("project " + made.id() + " created", true, made.id(), wanted.name());
  }

  private void write(long id, Wanted wanted)
      throws ServiceTrouble, FirstService.Refused, InterruptedException {
    directory.write(
        wanted.externalId(),
        () ->
            first.updateProject(
                id, wanted.name(), wanted.externalId(), wanted.clientId(), wanted.active()));
  }

  private static String externalId(JobEvent.Job job) {
    return Long.toString(job.id());
  }
}
