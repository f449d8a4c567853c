package io.timebridge.services.gate;

import io.timebridge.services.gate.Outage.Sign;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Since when a service has been ill: from the opening of its circuit until it has been closed for
 * as long as its rate rises. One that opens again while the rate rises is still the same illness.
 * Time in which nobody wanted to call counts as neither: where the last call that tried was
 * answered, the illness is over then; else it begins anew with the next who wants to. Thread-safe.
 *
 * @implNote {@code lock} guards all fields; times are monotonic nanoseconds.
 */
final class Illness {
  /** Whom nobody has asked for so long, of that nothing is known; at least two pauses. */
  private static final Duration FORGOTTEN = Duration.ofMinutes(2);

  private final Time time;
  private final long convalescenceNanos;
  private final long forgottenNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean ill;
  private boolean open;
  private boolean closed;
  private boolean answered;
  private long since;
  private long closedAt;
  private long askedAt;

  /**
   * @param convalescence how long the rate rises
   * @param pause of the open circuit: those who wait ask once in it
   */
  Illness(Time time, Duration convalescence, Duration pause) {
    this.time = time;
    this.convalescenceNanos = convalescence.toNanos();
    this.forgottenNanos = Math.max(FORGOTTEN.toNanos(), pause.multipliedBy(2).toNanos());
    this.askedAt = time.nanos();
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
      open = true;
      closed = false;
      answered = false;
      askedAt = now;
      return fresh;
    } finally {
      lock.unlock();
    }
  }

  void closed() {
    lock.lock();
    try {
      if (!closed) {
        open = false;
        closed = true;
        closedAt = time.nanos();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Somebody wants to call. */
  void asked() {
    lock.lock();
    try {
      long now = time.nanos();
      if (lasts(now) && now - askedAt >= forgottenNanos) {
        since = now;
      }
      askedAt = now;
    } finally {
      lock.unlock();
    }
  }

  /** The circuit lets a few calls try. */
  void tried() {
    lock.lock();
    try {
      open = false;
    } finally {
      lock.unlock();
    }
  }

  /** A call has ended; an answer to one that was sent before the circuit opened says nothing. */
  void judged(boolean wasAnswered) {
    lock.lock();
    try {
      answered = wasAnswered && !open;
    } finally {
      lock.unlock();
    }
  }

  Optional<Outage> outage() {
    lock.lock();
    try {
      long now = time.nanos();
      return lasts(now)
          ? Optional.of(new Outage(Duration.ofNanos(now - since), sign(now)))
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private Sign sign(long now) {
    if (closed || answered) {
      return Sign.ANSWERS;
    }
    return now - askedAt >= forgottenNanos ? Sign.UNASKED : Sign.DOWN;
  }

  private boolean lasts(long now) {
    boolean over =
        closed ? now - closedAt >= convalescenceNanos : answered && now - askedAt >= forgottenNanos;
    if (over) {
      ill = false;
    }
    return ill;
  }
}
