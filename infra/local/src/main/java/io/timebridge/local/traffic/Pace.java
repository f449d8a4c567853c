package io.timebridge.local.traffic;

import java.util.function.LongSupplier;

/**
 * Spreads steps evenly: never more than the given number per second, and no burst to catch up after
 * a slow one. Not thread-safe.
 */
final class Pace {
  /** Waits that many nanoseconds. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(long nanos) throws InterruptedException;
  }

  private final long interval;
  private final LongSupplier nanoTime;
  private final Sleeper sleeper;
  private long next;

  Pace(double perSecond, LongSupplier nanoTime, Sleeper sleeper) {
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("the rate must be above 0 per second: " + perSecond);
    }
    this.interval = (long) (1_000_000_000 / perSecond);
    this.nanoTime = nanoTime;
    this.sleeper = sleeper;
    this.next = nanoTime.getAsLong();
  }

  /** Returns when the next step may start. */
  void await() throws InterruptedException {
    long now = nanoTime.getAsLong();
    if (next - now > 0) {
      sleeper.sleep(next - now);
      next += interval;
    } else {
      next = now + interval;
    }
  }
}
