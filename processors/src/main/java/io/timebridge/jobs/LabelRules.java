package io.timebridge.jobs;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.first.FirstService.Project;
import io.timebridge.stream.JobEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Labels that a job's tasks need are enabled on its project. None is ever taken away: what is sent
 * is what a listing that ended at most {@link Directory#RELOAD_AT_MOST} ago showed, and those; a
 * call that cannot be sent by then, as in a burst, is not sent. Left alone are projects that are
 * archived or have no labels of their own ({@code enable_labels} all or none: somebody wants it
 * so), or whose labels FirstService does not tell, and jobs with an event under way. The call is
 * framed by an intent in the job's row, as every other of its calls is. Thread-safe.
 */
final class LabelRules {
  private final JobStates states;
  private final FramedCalls calls;
  private final Directory<Project> directory;

  LabelRules(JobStates states, FramedCalls calls, Directory<Project> directory) {
    this.states = states;
    this.calls = calls;
    this.directory = directory;
  }

  /** Jobs whose projects have labels of their own, as FirstService lists them now. */
  List<Long> jobs() throws ServiceTrouble, InterruptedException {
    return directory.listedNow().stream()
        .filter(p -> p.active() && p.customLabels() && p.externalId().matches("[1-9][0-9]{0,17}"))
        .map(p -> Long.valueOf(p.externalId()))
        .distinct()
        .sorted()
        .toList();
  }

  /** Whether FirstService was changed. */
  boolean enable(long jobId, Set<Long> needed)
      throws NotYet, ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    String externalId = Long.toString(jobId);
    if (directory.own(externalId).filter(p -> lacks(p, needed)).isEmpty()) {
      return false;
    }
    Optional<Project> recent = directory.recent(externalId).filter(p -> lacks(p, needed));
    String key = JobEvent.jobKey(jobId);
    JobRow row = states.read(key);
    if (recent.isEmpty() || !isSettled(row)) {
      return false;
    }
    calls.awaitTurn(key, row);
    long id = recent.get().id();
    Optional<Project> changed =
        calls.make(
            key,
            row,
            row.tried(),
            first -> {
              BooleanSupplier recently = directory.whileRecent(); // before what is known is read
              return first
                  .sendingOnlyWhile(recently)
                  .enableLabels(id, with(directory.known(externalId), id, needed));
            },
            project -> new JobStates.Result(row.seen(), row.applied(), id));
    changed.ifPresent(directory::keep);
    return changed.isPresent();
  }

  /** What is enabled on it, as is known when its turn has come, and those. */
  private static Set<Long> with(Optional<Project> known, long id, Set<Long> needed)
      throws ServiceTrouble {
    Project is =
        known
            .filter(p -> p.id() == id && lacks(p, needed))
            .orElseThrow(() ->
                new ServiceTrouble(
                    ServiceTrouble.Kind.NOT_DONE, "project " + id + " has changed meanwhile"));
    Set<Long> all = new HashSet<>(is.labelIds());
    all.addAll(needed);
    return all;
  }

  private static boolean lacks(Project project, Set<Long> needed) {
    return project.active() && project.customLabels() && !project.labelIds().containsAll(needed);
  }

  /** The newest event begun was applied, so an intent that is there is one for labels. */
  private static boolean isSettled(JobRow row) {
    return row.tried().equals(row.seen())
        && row.applied().filter(e -> e instanceof JobEvent.Job job && job.open()).isPresent();
  }
}
