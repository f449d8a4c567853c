package io.timebridge.ingest.poller;

import java.time.Duration;

/**
 * Ticks at fixed distances from a start, whatever a tick takes: they never drift. A tick whose time
 * passed while the one before was still running is skipped. Immutable.
 *
 * @param startNanos time of tick 0, on a monotonic clock
 */
record Schedule(long startNanos, Duration every) {
  /**
   * @param number of the tick
   * @param skipped ticks that were left out before it
   */
  record Tick(long number, long atNanos, long skipped) {}

  Tick first() {
    return new Tick(0, startNanos, 0);
  }

  /** The tick after {@code done}, which ended at {@code nowNanos}. */
  Tick next(Tick done, long nowNanos) {
    long step = every.toNanos();
    long passed = Math.floorDiv(nowNanos - startNanos, step);
    long onTime = startNanos + passed * step == nowNanos ? passed : passed + 1;
    long number = Math.max(done.number() + 1, onTime);
    return new Tick(number, startNanos + number * step, number - done.number() - 1);
  }
}
