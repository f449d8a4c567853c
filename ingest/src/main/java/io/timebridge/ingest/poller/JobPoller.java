package io.timebridge.ingest.poller;

import io.timebridge.ingest.poller.JobDiff.Change;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One poller's ticks: look, compare, announce, publish, and store what was acknowledged. A crash in
 * between repeats an event and never loses one, whatever becomes of its job meanwhile. Client
 * events go out and are acknowledged before any job event; a job whose client's event failed waits
 * for the next tick.
 *
 * @implNote Used by one thread; only {@link PollerLease} is shared with another. Memory: one row
 *     per job and client, at most {@link #MAX_ROWS} of each per look.
 */
final class JobPoller {
  /** More rows than this are no listing of jobs: such a look is refused. */
  static final int MAX_ROWS = 200_000;

  private static final Logger LOG = LoggerFactory.getLogger(JobPoller.class);

  private final SecondService service;
  private final JobStore store;
  private final PollerLease lease;
  private final JobDiff.Rules rules;
  private final Doubts doubts;
  private final ChangePublisher changes;
  private @Nullable Picture picture;
  private long pictureEpoch;
  private Set<Long> suspects = Set.of();

  JobPoller(
      SecondService service,
      JobStore store,
      ChangePublisher changes,
      PollerLease lease,
      JobDiff.Rules rules,
      Doubts doubts) {
    this.service = service;
    this.store = store;
    this.changes = changes;
    this.lease = lease;
    this.rules = rules;
    this.doubts = doubts;
  }

  /** One look. Trouble of services and tables is in the report, not thrown. */
  TickReport tick() throws InterruptedException {
    Optional<PollerLease.Held> held = lease.held();
    if (held.isEmpty()) {
      picture = null;
      return new TickReport.Standby();
    }
    long epoch = held.get().epoch();
    try {
      Picture known = picture(epoch);
      List<SecondService.Client> clients = service.clients();
      List<SecondService.Job> jobs = service.openJobs();
      if (clients.size() > MAX_ROWS || jobs.size() > MAX_ROWS) {
        return new TickReport.Trouble(
            "%d clients and %d jobs are listed, more than %d is not believed"
                .formatted(clients.size(), jobs.size(), MAX_ROWS));
      }
      return look(known, epoch, Listing.of(clients, jobs), clients.size(), jobs.size());
    } catch (ServiceTrouble trouble) {
      return new TickReport.Trouble(trouble.kind() + ": " + trouble.getMessage());
    } catch (StoreUnavailable trouble) {
      return new TickReport.Trouble(String.valueOf(trouble.getMessage()));
    }
  }

  private TickReport look(Picture known, long epoch, Listing listing, int clients, int jobs)
      throws InterruptedException {
    JobDiff.Result diff = JobDiff.compare(known, listing, rules, suspects, Set.of());
    Set<Long> confirmed = Set.of();
    if (diff.missing() instanceof JobDiff.Missing.TooMany tooMany) {
      confirmed = doubts.confirmed(tooMany, listing.listedJobs(), epoch);
      if (!confirmed.isEmpty()) {
        diff = JobDiff.compare(known, listing, rules, suspects, confirmed);
      }
    } else {
      doubts.listed(listing.listedJobs(), epoch);
    }
    warn(diff.warnings());
    suspects = diff.suspects();
    TickReport report = publish(known, epoch, diff, clients, jobs);
    if (diff.missing() instanceof JobDiff.Missing.Believed) {
      doubts.believed(confirmed.stream().noneMatch(known::isOpen), epoch);
    }
    return report;
  }

  private Picture picture(long epoch) {
    Picture known = picture;
    if (known == null || pictureEpoch != epoch) {
      known = new Picture(store.load());
      suspects = Set.of();
      doubts.begin();
      picture = known;
      pictureEpoch = epoch;
    }
    return known;
  }

  private TickReport publish(Picture known, long epoch, JobDiff.Result diff, int clients, int jobs)
      throws InterruptedException {
    Set<Long> clientsDone = changes.publish(known, epoch, diff.clients());
    Set<Long> clientsWaiting = new HashSet<>();
    diff.clients().stream()
        .map(c -> c.after().id())
        .filter(id -> !clientsDone.contains(id))
        .forEach(clientsWaiting::add);
    List<Change<Known.Job>> free =
        diff.jobs().stream().filter(j -> !clientsWaiting.contains(j.after().clientId())).toList();
    Set<Long> jobsDone = changes.publish(known, epoch, free);
    keepUnfinishedClosures(diff, jobsDone);
    int published = clientsDone.size() + jobsDone.size();
    int all = diff.clients().size() + diff.jobs().size();
    return new TickReport.Looked(epoch, clients, jobs, published, all - published, suspects.size());
  }

  /** A closure that was confirmed but not published needs no third look. */
  private void keepUnfinishedClosures(JobDiff.Result diff, Set<Long> jobsDone) {
    Set<Long> kept = new HashSet<>(diff.suspects());
    for (Change<Known.Job> change : diff.jobs()) {
      if (!change.after().open() && !jobsDone.contains(change.after().id())) {
        kept.add(change.after().id());
      }
    }
    suspects = kept;
  }

  private static void warn(List<String> warnings) {
    warnings.stream().limit(5).forEach(w -> LOG.warn("second-service listing: {}", w));
    if (warnings.size() > 5) {
      LOG.warn("second-service listing: {} more oddities", warnings.size() - 5);
    }
  }
}
