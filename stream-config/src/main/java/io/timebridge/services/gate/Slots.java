package io.timebridge.services.gate;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The moments at which calls may start, evenly spaced. The rate changes at any time; slots that
 * were reserved at another rate are void. Thread-safe.
 *
 * <p>Of a rate of one per second or more, whole calls are used: at 6.25 per second no second sees
 * more than 6, so that the calls of several processes add up to no more than their rates do.
 *
 * @implNote {@code lock} guards all fields. {@code last} is the latest slot given out and not void.
 */
final class Slots {
  private static final long LONG_AGO = TimeUnit.DAYS.toNanos(1);

  private final Time time;
  private final ReentrantLock lock = new ReentrantLock();
  private long intervalNanos = Long.MAX_VALUE;
  private double perSecond;
  private long last;
  private long era;

  /** A slot: how far off it is, and what it is good for. */
  record Slot(long waitNanos, long era) {}

  Slots(Time time) {
    this.time = time;
    this.last = time.nanos() - LONG_AGO;
  }

  /** From now on; 0 = none. */
  void rate(double callsPerSecond) {
    lock.lock();
    try {
      if (callsPerSecond == perSecond) {
        return;
      }
      perSecond = callsPerSecond;
      double used = callsPerSecond >= 1 ? Math.floor(callsPerSecond) : callsPerSecond;
      double nanos = Math.ceil(TimeUnit.SECONDS.toNanos(1) / used);
      intervalNanos = nanos < LONG_AGO ? (long) nanos : LONG_AGO;
      era++;
      last = last - time.nanos() > 0 ? time.nanos() : last;
    } finally {
      lock.unlock();
    }
  }

  /** Reserves the next slot; empty when it is farther off than {@code longest}. */
  Optional<Slot> reserve(Duration longest) {
    lock.lock();
    try {
      long now = time.nanos();
      long slot = last + intervalNanos - now > 0 ? last + intervalNanos : now;
      if (slot - now > longest.toNanos()) {
        return Optional.empty();
      }
      last = slot;
      return Optional.of(new Slot(slot - now, era));
    } finally {
      lock.unlock();
    }
  }

  /** Whether the rate is still the one the slot was reserved at. */
  boolean isGood(Slot slot) {
    lock.lock();
    try {
      return slot.era() == era;
    } finally {
      lock.unlock();
    }
  }

  /** How long ago the last slot was; negative while it lies ahead. */
  long nanosSinceLast() {
    lock.lock();
    try {
      return time.nanos() - last;
    } finally {
      lock.unlock();
    }
  }
}
