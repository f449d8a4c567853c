package io.timebridge.services.gate;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long a service has asked all calls to wait. Thread-safe.
 *
 * @implNote {@code until} is monotonic nanoseconds, written without a lock: the later one wins, and
 *     a lost race costs one call.
 */
final class Patience {
  /** Longest quiet time that a service's Retry-After can impose on all calls: 5 min. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final Time time;
  private final AtomicLong until;

  Patience(Time time) {
    this.time = time;
    this.until = new AtomicLong(time.nanos());
  }

  void askedFor(Duration asked) {
    Duration quiet = asked.compareTo(LONGEST) < 0 ? asked : LONGEST;
    long end = time.nanos() + quiet.toNanos();
    until.updateAndGet(before -> end - before > 0 ? end : before);
  }

  /** How long it lasts yet. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, until.get() - time.nanos()));
  }
}
