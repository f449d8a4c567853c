package io.timebridge.timesheet;

import io.timebridge.services.ServiceTrouble;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Tells a key that cannot get through from a service that is ill. A failed attempt of a key at a
 * service counts only when another key got through at that same service since the key's failure
 * before: in an outage nobody's does. A key is spent when enough attempts counted over a long
 * enough time.
 *
 * <p>Thread-safe. Bounded: of more than {@value #CAPACITY} failing keys, the one that failed least
 * recently begins anew. A restart begins anew, too.
 *
 * @implNote {@code lock} guards {@code failing} and {@code successes}.
 */
final class RetryBudget {
  /** Where something failed or got through. */
  enum Side {
    FIRST_SERVICE,
    SECOND_SERVICE,
    /** In the handler itself: a defect shows whatever the services do. */
    HERE
  }

  /** A step that may end in trouble of a service. */
  @FunctionalInterface
  interface Step<T> {
    T take() throws ServiceTrouble, InterruptedException;
  }

  private static final int CAPACITY = 100_000;

  /** {@code seen}: successes of others, by side, when the key failed last. */
  private record Failing(long sinceNanos, int counted, Map<Side, Long> seen) {}

  private final int attempts;
  private final Duration time;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Side, Long> successes = new EnumMap<>(Side.class);
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

  /** Takes a step at a service for a key; counts how it ends when that is unknown to it. */
  <T> T step(Side side, String key, Step<T> step) throws ServiceTrouble, InterruptedException {
    try {
      return step.take();
    } catch (ServiceTrouble trouble) {
      failed(side, key, trouble);
      throw trouble;
    }
  }

  /** An attempt of the key ended in trouble; only such of its own counts, no refusal to send. */
  void failed(Side side, String key, ServiceTrouble trouble) {
    if (trouble.kind() == ServiceTrouble.Kind.UNKNOWN) {
      failed(side, key);
    }
  }

  /** The handler itself failed. */
  void failed(String key) {
    lock.lock();
    try {
      successes.merge(Side.HERE, 1L, Long::sum);
      failed(Side.HERE, key);
    } finally {
      lock.unlock();
    }
  }

  private void failed(Side side, String key) {
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      long others = successes.getOrDefault(side, 0L);
      Failing before = failing.getOrDefault(key, new Failing(now, 0, Map.of()));
      Long seen = before.seen().get(side);
      boolean counts = seen != null && others > seen;
      Map<Side, Long> sees = new EnumMap<>(Side.class);
      sees.putAll(before.seen());
      sees.put(side, others);
      failing.put(key, new Failing(before.sinceNanos(), before.counted() + (counts ? 1 : 0), sees));
    } finally {
      lock.unlock();
    }
  }

  /**
   * A service carried something out to the end for the key: it is well.
   *
   * @param key whose own failures this says nothing about
   */
  void carriedOut(Side side, String key) {
    lock.lock();
    try {
      long now = successes.merge(side, 1L, Long::sum);
      Failing own = failing.get(key);
      Long seen = own == null ? null : own.seen().get(side);
      if (own != null && seen != null && now - seen == 1) {
        Map<Side, Long> sees = new EnumMap<>(own.seen());
        sees.put(side, now);
        failing.put(key, new Failing(own.sinceNanos(), own.counted(), sees));
      }
    } finally {
      lock.unlock();
    }
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
