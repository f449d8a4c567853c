package io.timebridge.services.gate;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Since when a service has been ill: from the opening of its circuit until it has been closed for
 * as long as its rate rises. One that opens again while the rate rises is still the same illness.
 * Thread-safe.
 *
 * @implNote {@code lock} guards all fields; times are monotonic nanoseconds.
 */
final class Illness {
  private final Time time;
  private final long convalescenceNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean ill;
  private boolean closed;
  private long since;
  private long closedAt;
  private long askedAt;

  Illness(Time time, Duration convalescence) {
    this.time = time;
    this.convalescenceNanos = convalescence.toNanos();
  }

  /**
   * @return whether it is a new illness
   */
  boolean opened() {
    lock.lock();
    try {
      long now = time.nanos();
      boolean fresh = !lasts(now);
      if (fresh) {
        ill = true;
        since = now;
      }
      closed = false;
      askedAt = now;
      return fresh;
    } finally {
      lock.unlock();
    }
  }

  void closed() {
    lock.lock();
    try {
      closed = true;
      closedAt = time.nanos();
    } finally {
      lock.unlock();
    }
  }

  /** Somebody would have called, or has. */
  void asked() {
    lock.lock();
    try {
      askedAt = time.nanos();
    } finally {
      lock.unlock();
    }
  }

  Optional<Outage> outage() {
    lock.lock();
    try {
      long now = time.nanos();
      return lasts(now)
          ? Optional.of(new Outage(Duration.ofNanos(now - since), Duration.ofNanos(now - askedAt)))
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private boolean lasts(long now) {
    if (ill && closed && now - closedAt >= convalescenceNanos) {
      ill = false;
    }
    return ill;
  }
}
