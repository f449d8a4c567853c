package io.timebridge.jobs;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.jobs.JobStates.Result;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.first.FirstService.Project;
import io.timebridge.stream.JobEvent;
import java.util.Optional;

/**
 * One project per job: named {@code {Job Name} - {Job Code}}, external id = job id, active while
 * the job is open. A project is found by its external id, else adopted by its exact name within the
 * same client, else made, always under an intent in the job's row. Nothing is deleted.
 */
final class ProjectRules {
  private final JobStates states;
  private final FramedCalls calls;
  private final ClientRules clients;
  private final Directory<Project> directory;

  ProjectRules(
      JobStates states, FramedCalls calls, ClientRules clients, Directory<Project> directory) {
    this.states = states;
    this.calls = calls;
    this.clients = clients;
    this.directory = directory;
  }

  /** An event to be applied to a row. */
  private record Order(JobEvent.Job job, JobRow row, Position at) {
    Result result(long projectId) {
      return new Result(at, Optional.of(job), projectId);
    }

    String externalId() {
      return Long.toString(job.id());
    }
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

  /** Brings the job's project to the state of the event; empty when the row is to be read again. */
  Optional<Outcome> apply(JobEvent.Job job, JobRow row, Position at)
      throws NotYet, ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    Order order = new Order(job, row, at);
    Optional<Project> own = directory.locate(order.externalId(), row);
    if (own.isEmpty() && !job.open()) {
      return note(order, 0, "the job is closed and never had a project");
    }
    Wanted wanted =
        new Wanted(
            job.name() + " - " + job.code(),
            order.externalId(),
            clients.idOf(job.clientId(), job.clientName()),
            job.open());
    if (own.isEmpty()) {
      return make(order, wanted);
    }
    return row.vouchesFor(job) && wanted.is(own.get())
        ? note(order, own.get().id(), "project is as it should be")
        : update(order, row.knowing(own.get().id()), own.get().id(), wanted, "updated");
  }

  private Optional<Outcome> note(Order order, long projectId, String reason)
      throws StoreTrouble, InterruptedException {
    return calls.note(order.job().key(), order.row(), order.result(projectId))
        ? Optional.of(new Outcome.Skipped(reason))
        : Optional.empty();
  }

  private Optional<Outcome> make(Order order, Wanted wanted)
      throws ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    for (Project free : directory.unowned(p -> mayBelongTo(order, wanted, p))) {
      if (states.claim("project-" + free.id(), order.job().key())) {
        return update(order, order.row(), free.id(), wanted, "adopted");
      }
    }
    Optional<Project> created =
        calls.make(
            order.job().key(),
            order.row(),
            order.at(),
            first -> first.createProject(wanted.name(), wanted.externalId(), wanted.clientId()),
            project -> order.result(project.id()));
    created.ifPresent(directory::keep);
    return created.map(p -> new Outcome.Applied("project " + p.id() + " created"));
  }

  private static boolean mayBelongTo(Order order, Wanted wanted, Project p) {
    return p.id() == order.row().remoteId()
        || (p.clientId() == wanted.clientId() && p.name().equals(wanted.name()));
  }

  private Optional<Outcome> update(Order order, JobRow row, long id, Wanted wanted, String what)
      throws ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    Optional<Project> updated =
        calls.make(
            order.job().key(),
            row,
            order.at(),
            first ->
                first.updateProject(
                    id, wanted.name(), wanted.externalId(), wanted.clientId(), wanted.active()),
            project -> order.result(id));
    updated.ifPresent(directory::keep);
    return updated.map(p -> new Outcome.Applied("project " + id + " " + what));
  }
}
