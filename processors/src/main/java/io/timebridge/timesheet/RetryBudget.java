package io.timebridge.timesheet;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Tells a key that cannot get through from a service that is ill. A failed attempt of a key counts
 * only when another key got through since its failure before: in an outage nobody's does. A key is
 * spent when enough attempts counted over a long enough time.
 *
 * <p>Thread-safe. Bounded: of more than {@value #CAPACITY} failing keys, the one that failed least
 * recently begins anew. A restart begins anew, too.
 *
 * @implNote {@code lock} guards {@code failing}.
 */
final class RetryBudget {
  private static final int CAPACITY = 100_000;

  private record Failing(long sinceNanos, int counted, long successesSeen) {}

  private final int attempts;
  private final Duration time;
  private final LongSupplier nanoTime;
  private final AtomicLong successes = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Failing> failing =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failing> eldest) {
          return size() > CAPACITY;
        }
      };

  /**
   * @param attempts failed attempts that must count
   * @param time least time from the first of them
   * @param nanoTime monotonic, in nanoseconds
   */
  RetryBudget(int attempts, Duration time, LongSupplier nanoTime) {
    this.attempts = attempts;
    this.time = time;
    this.nanoTime = nanoTime;
  }

  /** An attempt of the key ended in trouble of its own (not an open circuit, not a queue). */
  void failed(String key) {
    long now = nanoTime.getAsLong();
    long seen = successes.get();
    lock.lock();
    try {
      failing.merge(
          key,
          new Failing(now, 0, seen),
          (before, first) ->
              new Failing(
                  before.sinceNanos(),
                  before.counted() + (seen > before.successesSeen() ? 1 : 0),
                  seen));
    } finally {
      lock.unlock();
    }
  }

  /** A service carried a call out to the end: it is well. */
  void carriedOut() {
    successes.incrementAndGet();
  }

  /** The key is through. */
  void through(String key) {
    lock.lock();
    try {
      failing.remove(key);
    } finally {
      lock.unlock();
    }
  }

  boolean isSpent(String key) {
    lock.lock();
    try {
      Failing its = failing.get(key);
      return its != null
          && its.counted() >= attempts
          && nanoTime.getAsLong() - its.sinceNanos() >= time.toNanos();
    } finally {
      lock.unlock();
    }
  }
}
