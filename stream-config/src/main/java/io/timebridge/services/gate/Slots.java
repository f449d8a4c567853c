package io.timebridge.services.gate;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The moments at which calls may start, evenly spaced. The rate changes at any time; slots that
 * were reserved before it was set anew are void. From an outage on, the rate is that of the {@link
 * Ramp}, of what is allowed at each moment. Thread-safe.
 *
 * <p>Of a rate of one per second or more, whole calls are used: at 6.25 per second no second sees
 * more than 6, so that the calls of several processes add up to no more than their rates do.
 *
 * @implNote {@code lock} guards all fields. {@code last} is the latest slot given out and not void.
 *     A slot that was reserved at a lower step of the ramp stays good: it is only farther off.
 */
final class Slots {
  private static final long LONG_AGO = TimeUnit.DAYS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Pieces of work that ask in vain per second from which on each waits longer. */
  private static final int MANY = 1000;

  private static final int LONGEST_ASK_AGAIN_SECONDS = 10;

  private enum Phase {
    FULL,
    /** The circuit is not closed: the first step of the ramp. */
    HELD,
    RISING
  }

  private final Time time;
  private final Ramp ramp;
  private final ReentrantLock lock = new ReentrantLock();
  private Phase phase = Phase.FULL;
  private long risingSince;
  private double allowed;
  private double used;
  private long intervalNanos = Long.MAX_VALUE;
  private long last;
  private long era;
  private double mayBegin;
  private long mayBeginAt;
  private long refusedSince;
  private int refused;
  private int refusedBefore;

  /** A slot: how far off it is, and what it is good for. */
  record Slot(long waitNanos, long era) {}

  Slots(Time time, Ramp ramp) {
    this.time = time;
    this.ramp = ramp;
    this.last = time.nanos() - LONG_AGO;
    this.refusedSince = time.nanos();
  }

  /** What is allowed from now on; 0 = none. */
  void rate(double callsPerSecond) {
    lock.lock();
    try {
      if (callsPerSecond != allowed) {
        allowed = callsPerSecond;
        follow();
        voidReserved();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The circuit has opened: from now on, as slow as the ramp begins. */
  void hold() {
    lock.lock();
    try {
      if (phase != Phase.HELD) {
        phase = Phase.HELD;
        mayBegin = 0;
        mayBeginAt = time.nanos();
        follow();
        voidReserved();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The circuit has closed: the ramp begins. */
  void rise() {
    lock.lock();
    try {
      phase = Phase.RISING;
      risingSince = time.nanos();
      follow();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether a piece of work that leads to calls may begin. While the rate is held down, as many may
   * per second as calls, and none while those that have begun fill the next second.
   */
  boolean tryBegin() {
    lock.lock();
    try {
      follow();
      if (phase == Phase.FULL) {
        return true;
      }
      long now = time.nanos();
      double more = used * (now - mayBeginAt) / SECOND;
      mayBegin = Math.min(Math.max(1, used), mayBegin + more);
      mayBeginAt = now;
      if (mayBegin < 1 || last - now > SECOND) {
        refused(now);
        return false;
      }
      mayBegin--;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void refused(long now) {
    if (now - refusedSince >= SECOND) {
      refusedBefore = now - refusedSince < 2 * SECOND ? refused : 0;
      refused = 0;
      refusedSince = now;
    }
    refused++;
  }

  /** When to ask again whether work may begin: after a second, later where very many ask. */
  Duration askAgainAfter() {
    lock.lock();
    try {
      int crowd = Math.max(refused, refusedBefore) / MANY;
      return Duration.ofSeconds(Math.min(LONGEST_ASK_AGAIN_SECONDS, 1 + crowd));
    } finally {
      lock.unlock();
    }
  }

  /** Reserves the next slot; empty when it is farther off than {@code longest}. */
  Optional<Slot> reserve(Duration longest) {
    lock.lock();
    try {
      follow();
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

  /** Whether the slot is not void. */
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

  /** Brings the interval to where the ramp is. */
  private void follow() {
    double now =
        switch (phase) {
          case FULL -> allowed;
          case HELD -> ramp.rate(allowed, 0);
          case RISING -> ramp.rate(allowed, time.nanos() - risingSince);
        };
    if (phase == Phase.RISING && ramp.isOver(time.nanos() - risingSince)) {
      phase = Phase.FULL;
    }
    used = now >= 1 ? Math.floor(now) : now;
    double nanos = Math.ceil(SECOND / used);
    intervalNanos = nanos < LONG_AGO ? (long) nanos : LONG_AGO;
  }

  private void voidReserved() {
    era++;
    last = last - time.nanos() > 0 ? time.nanos() : last;
  }
}
