package io.timebridge.bench.takeover;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The books of the slow service: per key the version carried out last, as a row would have it, and
 * a list of all that was carried out, whatever the workers believe. It has no idempotency keys.
 * Thread-safe.
 *
 * @implNote {@code lock} guards all fields; nothing waits under it but those that wait for a
 *     change.
 */
final class Ledger {
  /** Expectation that anything meets. */
  static final int WHATEVER = -1;

  /**
   * What became of an effect.
   *
   * @param version of the key now
   */
  record Answer(boolean carriedOut, int version) {}

  private record Numbered(int key, int number) {}

  /** What was seen of one delivery of a record. */
  private static final class Seen {
    int reads;
    boolean recognised;
  }

  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Integer, Integer> versions = new HashMap<>();
  private final List<Carried> carried = new ArrayList<>();
  private final Map<Numbered, Map<String, Seen>> deliveries = new HashMap<>();
  private final Map<String, Map<String, Long>> firsts = new HashMap<>();
  private long refused;
  private long lastAskedNanos;

  /**
   * @param nanoTime as {@link System#nanoTime()}
   */
  Ledger(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.lastAskedNanos = nanoTime.getAsLong();
  }

  /** The version of the delivery's key; 0 = none yet. */
  int read(Delivery delivery) {
    lock.lock();
    try {
      Seen seen = seen(delivery);
      int version = versions.getOrDefault(delivery.key(), 0);
      seen.reads++;
      seen.recognised |= version >= delivery.number();
      return version;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Carries a record out.
   *
   * @param expected version of the key on which it is carried out and otherwise refused; {@link
   *     #WHATEVER} = any
   */
  Answer carryOut(Delivery delivery, int expected) {
    lock.lock();
    try {
      Seen seen = seen(delivery);
      int version = versions.getOrDefault(delivery.key(), 0);
      if (expected != WHATEVER && expected != version) {
        refused++;
        seen.recognised |= version >= delivery.number();
        return new Answer(false, version);
      }
      versions.put(delivery.key(), delivery.number());
      carried.add(new Carried(delivery.worker(), delivery.key(), delivery.number()));
      changed.signalAll();
      return new Answer(true, delivery.number());
    } finally {
      lock.unlock();
    }
  }

  private Seen seen(Delivery delivery) {
    lastAskedNanos = nanoTime.getAsLong();
    firsts
        .computeIfAbsent(delivery.worker(), _ -> new HashMap<>())
        .putIfAbsent(delivery.shard(), lastAskedNanos);
    return deliveries
        .computeIfAbsent(new Numbered(delivery.key(), delivery.number()), _ -> new HashMap<>(2))
        .computeIfAbsent(delivery.worker() + " " + delivery.id(), _ -> new Seen());
  }

  /** Forgets who asked first, so that {@link #firsts} are those from now on. */
  void watchFirsts() {
    lock.lock();
    try {
      firsts.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Shard -> when this worker first asked for a record of it. */
  Map<String, Long> firsts(String worker) {
    lock.lock();
    try {
      return Map.copyOf(firsts.getOrDefault(worker, Map.of()));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until that many records were carried out, doubled ones counted.
   *
   * @return false when nothing was carried out for {@code idleNanos} before that
   */
  boolean awaitCarried(int count, long idleNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      int before = -1;
      long left = idleNanos;
      while (carried.size() < count) {
        if (carried.size() > before) {
          left = idleNanos;
        } else if (left <= 0) {
          return false;
        }
        before = carried.size();
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** How long nobody has asked for anything. */
  long quietNanos() {
    lock.lock();
    try {
      return nanoTime.getAsLong() - lastAskedNanos;
    } finally {
      lock.unlock();
    }
  }

  /** All that was carried out, in its order. */
  List<Carried> carried() {
    lock.lock();
    try {
      return List.copyOf(carried);
    } finally {
      lock.unlock();
    }
  }

  /** What came more than once, and how it went. */
  Redeliveries redeliveries() {
    lock.lock();
    try {
      Redeliveries sum = Redeliveries.none(refused);
      for (Map<String, Seen> ofRecord : deliveries.values()) {
        if (ofRecord.size() > 1) {
          sum =
              sum.plus(
                  ofRecord.values().stream().anyMatch(seen -> seen.recognised),
                  ofRecord.values().stream().mapToInt(seen -> seen.reads).max().orElse(0));
        }
      }
      return sum;
    } finally {
      lock.unlock();
    }
  }
}
