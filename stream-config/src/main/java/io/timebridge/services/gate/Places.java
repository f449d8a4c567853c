package io.timebridge.services.gate;

import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The places among the concurrent calls, and the session number that goes with each. Their number
 * changes at any time; calls above a lowered number finish and are not replaced. First come, first
 * served. Thread-safe.
 *
 * @implNote {@code lock} guards all fields but {@code permits}, whose count only grows or shrinks
 *     with {@code limit} under the lock: places taken = {@code limit} - permits left, which may be
 *     negative for a while.
 */
final class Places {
  /** A semaphore whose permits can be taken away while they are in use. */
  private static final class Permits extends Semaphore {
    private static final long serialVersionUID = 1L;

    Permits() {
      super(0, true);
    }

    void takeAway(int permits) {
      reducePermits(permits);
    }
  }

  private final Permits permits = new Permits();
  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Integer, Integer> callsOfSession = new TreeMap<>();
  private int limit;
  private int sessions;
  private int next;

  void limit(int places, int sessionNumbers) {
    lock.lock();
    try {
      if (places > limit) {
        permits.release(places - limit);
      } else if (places < limit) {
        permits.takeAway(limit - places);
      }
      limit = places;
      sessions = sessionNumbers;
    } finally {
      lock.unlock();
    }
  }

  /** False when no place came free in time. */
  boolean take(Duration longest) throws InterruptedException {
    return permits.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** A session number for a place that was taken, each in turn; -1 when there is none. */
  int enter() {
    lock.lock();
    try {
      if (sessions == 0) {
        return -1;
      }
      int session = Math.floorMod(next++, sessions);
      callsOfSession.merge(session, 1, Integer::sum);
      return session;
    } finally {
      lock.unlock();
    }
  }

  /** Gives a place back. */
  void leave(int session) {
    lock.lock();
    try {
      callsOfSession.computeIfPresent(session, (s, calls) -> calls == 1 ? null : calls - 1);
    } finally {
      lock.unlock();
    }
    permits.release();
  }

  /** Whether no more calls are under way, and in no other sessions, than the limit says. */
  boolean isWithinLimit() {
    lock.lock();
    try {
      return permits.availablePermits() >= 0
          && (callsOfSession.isEmpty() || callsOfSession.lastKey() < sessions);
    } finally {
      lock.unlock();
    }
  }
}
