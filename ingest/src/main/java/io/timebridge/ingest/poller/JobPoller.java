package io.timebridge.ingest.poller;

import io.timebridge.ingest.EventIds;
import io.timebridge.ingest.poller.JobDiff.Change;
import io.timebridge.publish.Publisher;
import io.timebridge.publish.Publisher.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One poller's ticks: look, compare, publish, and store what was acknowledged. A crash in between
 * repeats an event and never loses one. Client events go out and are acknowledged before any job
 * event; a job whose client's event failed waits for the next tick.
 *
 * @implNote Used by one thread; only {@link PollerLease} is shared with another. Publishing happens
 *     in chunks, each within the time that the lease has left; a row is put into {@code picture}
 *     only after it was stored, so memory never knows more than the table. Memory: one row per job
 *     and client, at most {@link #MAX_ROWS} of each per look.
 */
final class JobPoller {
  /** More rows than this are no listing of jobs: such a look is refused. */
  static final int MAX_ROWS = 200_000;

  private static final Logger LOG = LoggerFactory.getLogger(JobPoller.class);
  private static final int CHUNK = 200;

  /** Where more changes than this are published, so often it says how far it is. */
  private static final int PROGRESS_EVERY = 1_000;

  private static final int SAVES_AT_A_TIME = 16;
  private static final Duration PUBLISH_WITHIN = Duration.ofSeconds(4);

  private final SecondService service;
  private final JobStore store;
  private final Publisher publisher;
  private final PollerLease lease;
  private final JobDiff.Rules rules;
  private final Doubts doubts;
  private final InstantSource clock;
  private final EventIds ids;
  private @Nullable Picture picture;
  private long pictureEpoch;
  private Set<Long> suspects = Set.of();

  JobPoller(
      SecondService service,
      JobStore store,
      Publisher publisher,
      PollerLease lease,
      JobDiff.Rules rules,
      Doubts doubts,
      InstantSource clock,
      EventIds ids) {
    this.service = service;
    this.store = store;
    this.publisher = publisher;
    this.lease = lease;
    this.rules = rules;
    this.doubts = doubts;
    this.clock = clock;
    this.ids = ids;
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
    Set<Long> clientsDone = publishAll(known, epoch, diff.clients(), c -> event(c, epoch));
    Set<Long> clientsWaiting = new HashSet<>();
    diff.clients().stream()
        .map(c -> c.after().id())
        .filter(id -> !clientsDone.contains(id))
        .forEach(clientsWaiting::add);
    List<Change<Known.Job>> free =
        diff.jobs().stream().filter(j -> !clientsWaiting.contains(j.after().clientId())).toList();
    Set<Long> jobsDone = publishAll(known, epoch, free, j -> jobEvent(j, epoch));
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

  /** Publishes and stores; the ids of what is through both. */
  private <K extends Known> Set<Long> publishAll(
      Picture known, long epoch, List<Change<K>> changes, Function<Change<K>, JobEvent> event)
      throws InterruptedException {
    Set<Long> done = new HashSet<>();
    for (int from = 0; from < changes.size(); from += CHUNK) {
      Optional<PollerLease.Held> held = lease.held();
      if (held.isEmpty() || held.get().epoch() != epoch) {
        break;
      }
      List<Change<K>> chunk = changes.subList(from, Math.min(from + CHUNK, changes.size()));
      List<Known> acknowledged = publishChunk(chunk, event, held.get().left());
      for (Known row : save(acknowledged, epoch)) {
        known.put(row);
        done.add(id(row));
      }
      if (changes.size() >= PROGRESS_EVERY
          && (from / PROGRESS_EVERY != (from + CHUNK) / PROGRESS_EVERY)) {
        LOG.info("stored {} of {} changes", done.size(), changes.size());
      }
    }
    return done;
  }

  private <K extends Known> List<Known> publishChunk(
      List<Change<K>> chunk, Function<Change<K>, JobEvent> event, Duration leaseLeft)
      throws InterruptedException {
    Duration within = leaseLeft.compareTo(PUBLISH_WITHIN) < 0 ? leaseLeft : PUBLISH_WITHIN;
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (Change<K> change : chunk) {
      outcomes.add(publisher.submit(StreamName.JOB_EVENTS, envelope(event.apply(change)), within));
    }
    List<Known> acknowledged = new ArrayList<>();
    for (int i = 0; i < chunk.size(); i++) {
      Change<K> change = chunk.get(i);
      switch (outcome(outcomes.get(i))) {
        case Outcome.Acknowledged stored -> {
          acknowledged.add(change.after());
          LOG.info(
              "published key={} change={} shard={} sequence={}",
              change.after().key(),
              change.what(),
              stored.shardId(),
              stored.sequenceNumber());
        }
        case Outcome.Failed failed ->
            LOG.warn(
                "not published key={} change={} reason={} detail=\"{}\"",
                change.after().key(),
                change.what(),
                failed.reason(),
                failed.detail());
      }
    }
    return acknowledged;
  }

  private static Outcome outcome(CompletableFuture<Outcome> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException defect) {
      throw new IllegalStateException("an outcome is never exceptional", defect.getCause());
    }
  }

  /** Stores rows, some at a time; those that are surely stored. */
  private List<Known> save(List<Known> rows, long epoch) throws InterruptedException {
    List<Known> saved = new ArrayList<>();
    try (ExecutorService savers =
        Executors.newFixedThreadPool(SAVES_AT_A_TIME, Thread.ofVirtual().factory())) {
      List<Future<Boolean>> writes = new ArrayList<>();
      for (Known row : rows) {
        writes.add(savers.submit(() -> store.save(row, epoch)));
      }
      for (int i = 0; i < rows.size(); i++) {
        try {
          if (writes.get(i).get()) {
            saved.add(rows.get(i));
          } else {
            lease.lost("a newer epoch has stored " + rows.get(i).key());
          }
        } catch (ExecutionException failed) {
          if (!(failed.getCause() instanceof StoreUnavailable trouble)) {
            throw new IllegalStateException("saving " + rows.get(i).key(), failed.getCause());
          }
          LOG.warn("not stored key={}: {}", rows.get(i).key(), trouble.getMessage());
        }
      }
    }
    return saved;
  }

  private Envelope envelope(JobEvent event) {
    return new Envelope(
        ids.next(),
        Envelope.Source.SECOND_SERVICE,
        Route.JOB_CHANGE,
        event.key(),
        clock.instant().truncatedTo(ChronoUnit.MILLIS),
        Map.of(),
        event.encode(),
        null);
  }

  private static JobEvent event(Change<Known.Client> change, long epoch) {
    Known.Client c = change.after();
    return new JobEvent.Client(change.what(), epoch, c.id(), c.code(), c.name());
  }

  private static JobEvent jobEvent(Change<Known.Job> change, long epoch) {
    Known.Job j = change.after();
    return new JobEvent.Job(
        change.what(),
        epoch,
        j.id(),
        j.code(),
        j.name(),
        j.clientId(),
        j.clientCode(),
        j.clientName(),
        j.open());
  }

  private static long id(Known row) {
    return switch (row) {
      case Known.Client c -> c.id();
      case Known.Job j -> j.id();
    };
  }

  private static void warn(List<String> warnings) {
    warnings.stream().limit(5).forEach(w -> LOG.warn("second-service listing: {}", w));
    if (warnings.size() > 5) {
      LOG.warn("second-service listing: {} more oddities", warnings.size() - 5);
    }
  }
}
