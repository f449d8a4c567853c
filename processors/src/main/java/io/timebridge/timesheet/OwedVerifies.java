package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries that have to be verified and for which the stream has taken no verify event yet. Asked
 * for in the background, whatever becomes of the shard, until the stream takes it; held in memory:
 * a process that dies with one leaves it to reconcile. Thread-safe; bounded by the keys in flight,
 * since no record of an entry is finished while its request is owed.
 */
final class OwedVerifies implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwedVerifies.class);
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private record Owed(Set<Place> places, String why, long notBeforeNanos) {}

  private final VerifyRequests requests;
  private final LongSupplier nanoTime;
  private final Pause pause;
  private final Executor background;
  private final Map<EntryId, Owed> owed = new ConcurrentHashMap<>();

  /**
   * @param nanoTime monotonic, in nanoseconds
   * @param background runs what may wait, one thread each
   */
  OwedVerifies(VerifyRequests requests, LongSupplier nanoTime, Pause pause, Executor background) {
    this.requests = requests;
    this.nanoTime = nanoTime;
    this.pause = pause;
    this.background = background;
  }

  /**
   * @param after how long what is to be verified may still change by itself
   */
  void owe(EntryId id, Set<Place> places, String why, Duration after) {
    Owed more = new Owed(Set.copyOf(places), why, nanoTime.getAsLong() + after.toNanos());
    AtomicBoolean nobodyAsks = new AtomicBoolean();
    owed.compute(
        id,
        (key, before) -> {
          nobodyAsks.set(before == null);
          return before == null ? more : both(before, more);
        });
    LOG.warn("entry={} has to be verified: {}", id, why);
    if (nobodyAsks.get()) {
      background.execute(() -> ask(id));
    }
  }

  private static Owed both(Owed before, Owed more) {
    Set<Place> all = new HashSet<>(before.places());
    all.addAll(more.places());
    boolean later = more.notBeforeNanos() - before.notBeforeNanos() > 0;
    return new Owed(
        Set.copyOf(all), more.why(), later ? more.notBeforeNanos() : before.notBeforeNanos());
  }

  /** How long the entry has to wait for its request, at least; empty = it has none. */
  Optional<Duration> owes(EntryId id) {
    return Optional.ofNullable(owed.get(id)).map(this::wait);
  }

  private Duration wait(Owed what) {
    Duration left = Duration.ofNanos(what.notBeforeNanos() - nanoTime.getAsLong());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /**
   * Asks for everything at once, also for what may still change: better a check too early than
   * none. What the stream does not take now is left to reconcile.
   */
  @Override
  public void close() {
    owed.forEach((id, what) -> {
      try {
        requests.request(id, what.places(), what.why());
        owed.remove(id, what);
      } catch (EntryStore.Unavailable lost) {
        LOG.error("entry={} has to be verified, and the stream did not take it", id, lost);
      }
    });
  }

  private void ask(EntryId id) {
    try {
      for (Owed what = owed.get(id); what != null; what = owed.get(id)) {
        pause.pause(wait(what));
        try {
          requests.request(id, what.places(), what.why());
          owed.remove(id, what); // unless more has come to it meanwhile
        } catch (EntryStore.Unavailable | RuntimeException later) { // the edge of a thread
          LOG.warn("entry={} has to be verified; asked again: {}", id, later.getMessage());
          pause.pause(ASK_AGAIN);
        }
      }
    } catch (InterruptedException stopped) {
      LOG.error("entry={} has to be verified, and nobody was asked to", id);
      Thread.currentThread().interrupt();
    }
  }
}
