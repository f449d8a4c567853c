package io.timebridge.ingest.poller;

import io.timebridge.ingest.EventIds;
import io.timebridge.ingest.poller.JobDiff.Change;
import io.timebridge.publish.Publisher;
import io.timebridge.publish.Publisher.Outcome;
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
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces changes in the table, puts them on the stream, and stores what was acknowledged.
 * Whatever can be on the stream without being stored as published is announced, so a successor
 * publishes it anew with its newer epoch: as it was not yet in a table, a change that is changed
 * back before the successor looks would be no change to it.
 *
 * @implNote Used by one thread; only {@link PollerLease} is shared with another. Works in chunks,
 *     each within the time that the lease has left after it was announced: what a poller whose
 *     lease has ended can still send was announced before its successor read the table. A row is
 *     put into the picture only after it was stored, so memory never knows more than the table.
 */
final class ChangePublisher {
  private static final Logger LOG = LoggerFactory.getLogger(ChangePublisher.class);
  private static final int CHUNK = 200;

  /** Where more changes than this are published, so often it says how far it is. */
  private static final int PROGRESS_EVERY = 1_000;

  private static final int WRITES_AT_A_TIME = 16;
  private static final Duration PUBLISH_WITHIN = Duration.ofSeconds(4);

  private final JobStore store;
  private final Publisher publisher;
  private final PollerLease lease;
  private final InstantSource clock;
  private final EventIds ids;

  ChangePublisher(
      JobStore store, Publisher publisher, PollerLease lease, InstantSource clock, EventIds ids) {
    this.store = store;
    this.publisher = publisher;
    this.lease = lease;
    this.clock = clock;
    this.ids = ids;
  }

  /** Publishes what the lease leaves time for; the ids of what is stored as published. */
  <K extends Known> Set<Long> publish(Picture known, long epoch, List<Change<K>> changes)
      throws InterruptedException {
    Set<Long> done = new HashSet<>();
    for (int from = 0; from < changes.size() && left(epoch).isPresent(); from += CHUNK) {
      List<Change<K>> chunk = changes.subList(from, Math.min(from + CHUNK, changes.size()));
      List<Change<K>> announced =
          written(chunk, change -> store.announce(change.after(), epoch), "announced");
      announced.forEach(change -> known.announced(change.after()));
      Optional<Duration> left = left(epoch);
      if (left.isEmpty()) {
        break;
      }
      List<Change<K>> acknowledged = publishChunk(announced, epoch, left.get());
      for (Change<K> change :
          written(acknowledged, one -> store.save(one.after(), epoch), "stored")) {
        known.put(change.after());
        done.add(id(change.after()));
      }
      if (changes.size() >= PROGRESS_EVERY
          && (from / PROGRESS_EVERY != (from + CHUNK) / PROGRESS_EVERY)) {
        LOG.info("stored {} of {} changes", done.size(), changes.size());
      }
    }
    return done;
  }

  /** For how long publishing with that epoch is safe. */
  private Optional<Duration> left(long epoch) {
    return lease.held().filter(held -> held.epoch() == epoch).map(PollerLease.Held::left);
  }

  private <K extends Known> List<Change<K>> publishChunk(
      List<Change<K>> chunk, long epoch, Duration leaseLeft) throws InterruptedException {
    Duration within = leaseLeft.compareTo(PUBLISH_WITHIN) < 0 ? leaseLeft : PUBLISH_WITHIN;
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (Change<K> change : chunk) {
      outcomes.add(publisher.submit(StreamName.JOB_EVENTS, envelope(event(change, epoch)), within));
    }
    List<Change<K>> acknowledged = new ArrayList<>();
    for (int i = 0; i < chunk.size(); i++) {
      Change<K> change = chunk.get(i);
      switch (outcome(outcomes.get(i))) {
        case Outcome.Acknowledged stored -> {
          acknowledged.add(change);
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

  /** Writes rows, some at a time; those that are surely written. */
  private <K extends Known> List<Change<K>> written(
      List<Change<K>> changes, Predicate<Change<K>> write, String what)
      throws InterruptedException {
    List<Change<K>> written = new ArrayList<>();
    try (ExecutorService writers =
        Executors.newFixedThreadPool(WRITES_AT_A_TIME, Thread.ofVirtual().factory())) {
      List<Future<Boolean>> writes = new ArrayList<>();
      for (Change<K> change : changes) {
        writes.add(writers.submit(() -> write.test(change)));
      }
      for (int i = 0; i < changes.size(); i++) {
        String key = changes.get(i).after().key();
        try {
          if (writes.get(i).get()) {
            written.add(changes.get(i));
          } else {
            lease.lost("a newer epoch has written " + key);
          }
        } catch (ExecutionException failed) {
          if (!(failed.getCause() instanceof StoreUnavailable trouble)) {
            throw new IllegalStateException(key + " not " + what, failed.getCause());
          }
          LOG.warn("not {} key={}: {}", what, key, trouble.getMessage());
        }
      }
    }
    return written;
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

  private static JobEvent event(Change<? extends Known> change, long epoch) {
    return switch (change.after()) {
      case Known.Client c -> new JobEvent.Client(change.what(), epoch, c.id(), c.code(), c.name());
      case Known.Job j ->
          new JobEvent.Job(
              change.what(),
              epoch,
              j.id(),
              j.code(),
              j.name(),
              j.clientId(),
              j.clientCode(),
              j.clientName(),
              j.open());
    };
  }

  private static long id(Known row) {
    return switch (row) {
      case Known.Client c -> c.id();
      case Known.Job j -> j.id();
    };
  }
}
