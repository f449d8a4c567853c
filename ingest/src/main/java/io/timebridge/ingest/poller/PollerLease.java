package io.timebridge.ingest.poller;

import io.timebridge.ingest.poller.LeaseStore.LastLook;
import io.timebridge.ingest.poller.LeaseStore.Row;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one poller active at a time. A standby takes over a row that was given back at once, and a
 * silent owner's after it has itself seen the row unchanged for the whole lease: clocks of
 * different machines are never compared. An owner counts its time from before each renewal was
 * sent, and stops a margin earlier, so the old one has stopped before the new one starts.
 * Thread-safe.
 *
 * <p>AWS's lock client was not taken: its lock has no number that grows with each take-over (the
 * epoch that consumers fence by), it waits on a wall clock of its own, and it brings a second set
 * of threads for what is one row and two conditions here.
 *
 * @implNote {@code lock} guards the fields that are neither final nor volatile; {@link #beat} and
 *     {@link #release} are called by one thread and call the store outside the lock.
 */
final class PollerLease {
  private static final Logger LOG = LoggerFactory.getLogger(PollerLease.class);

  private static final int MAX_TOLD = 500;

  /** A lease that is held. {@code left} is the time in which publishing is still safe. */
  record Held(long epoch, Duration left) {}

  private final LeaseStore store;
  private final String owner;
  private final Duration leaseFor;
  private final LongSupplier nanos;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile LastLook lastLook = LastLook.NONE;
  private long epoch; // 0 = not held
  private long heldUntilNanos;
  private @Nullable Row seen;
  private long seenAtNanos;

  /**
   * @param owner unique among all pollers there are and were
   */
  PollerLease(
      LeaseStore store, String owner, Duration leaseFor, LongSupplier nanos, InstantSource clock) {
    this.store = store;
    this.owner = owner;
    this.leaseFor = leaseFor;
    this.nanos = nanos;
    this.clock = clock;
  }

  /** How often {@link #beat} is to be called: four times per lease. */
  Duration beatEvery() {
    return leaseFor.dividedBy(4);
  }

  /** The lease, while it is held and a fifth of it is left. */
  Optional<Held> held() {
    lock.lock();
    try {
      long left = heldUntilNanos - leaseFor.toNanos() / 5 - nanos.getAsLong();
      return epoch > 0 && left > 0
          ? Optional.of(new Held(epoch, Duration.ofNanos(left)))
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** What the last look saw, to be told with the next renewal; of any length, cut there. */
  void tell(String saw) {
    String text = saw.length() > MAX_TOLD ? saw.substring(0, MAX_TOLD) : saw;
    lastLook = new LastLook(text, clock.instant());
  }

  /** Renews the lease, or tries to get it. A store that cannot be reached changes nothing. */
  void beat() {
    long mine = ownEpoch();
    try {
      if (mine > 0) {
        renew(mine);
      } else {
        tryToTake();
      }
    } catch (StoreUnavailable trouble) {
      LOG.warn("poller lease: {} epoch={}", trouble.getMessage(), mine);
    }
  }

  /** Gives the lease back, so that a standby can go on at once. */
  void release() {
    long mine = ownEpoch();
    lost("given back");
    if (mine > 0) {
      try {
        store.release(owner, mine);
      } catch (StoreUnavailable trouble) {
        LOG.warn("poller lease not given back, it will run out: {}", trouble.getMessage());
      }
    }
  }

  /** Somebody else has written with a newer epoch. */
  void lost(String why) {
    lock.lock();
    try {
      if (epoch > 0) {
        LOG.info("poller is standby epoch={} reason=\"{}\"", epoch, why);
      }
      epoch = 0;
      seen = null;
    } finally {
      lock.unlock();
    }
  }

  private long ownEpoch() {
    lock.lock();
    try {
      return epoch;
    } finally {
      lock.unlock();
    }
  }

  private void renew(long mine) {
    long sentAt = nanos.getAsLong();
    if (store.renew(owner, mine, clock.instant().plus(leaseFor), lastLook)) {
      hold(mine, sentAt);
    } else {
      lost("taken over");
    }
  }

  private void tryToTake() {
    Optional<Row> row = store.read();
    long now = nanos.getAsLong();
    if (row.isPresent() && !mayTake(row.get(), now)) {
      return;
    }
    Row next =
        new Row(
            owner,
            row.map(r -> r.epoch() + 1).orElse(1L),
            row.map(r -> r.beat() + 1).orElse(1L),
            clock.instant().plus(leaseFor));
    if (store.takeOver(row, next)) {
      hold(next.epoch(), now);
      LOG.info("poller is active epoch={} owner={}", next.epoch(), owner);
    }
  }

  private boolean mayTake(Row row, long now) {
    // Our own name on it means that the answer to a take-over was lost: nobody else acts on it.
    if (row.owner().isEmpty() || row.owner().equals(owner)) {
      return true;
    }
    lock.lock();
    try {
      if (seen == null || seen.epoch() != row.epoch() || seen.beat() != row.beat()) {
        seen = row;
        seenAtNanos = now;
        return false;
      }
      return now - seenAtNanos >= leaseFor.toNanos();
    } finally {
      lock.unlock();
    }
  }

  private void hold(long held, long sinceNanos) {
    lock.lock();
    try {
      epoch = held;
      heldUntilNanos = sinceNanos + leaseFor.toNanos();
      seen = null;
    } finally {
      lock.unlock();
    }
  }
}
