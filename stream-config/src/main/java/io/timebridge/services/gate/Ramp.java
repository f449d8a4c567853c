package io.timebridge.services.gate;

import java.time.Duration;

/**
 * How the rate rises after an outage: from a tenth of what is allowed to all of it, in ten equal
 * steps. It never lies below one call per second where that much is allowed, and never above what
 * is allowed at that moment. Pure.
 *
 * @param over from the first step to the full rate; zero = no ramp
 */
record Ramp(Duration over) {
  static final int STEPS = 10;

  boolean isOver(long nanosSinceClosed) {
    return nanosSinceClosed >= over.toNanos();
  }

  /**
   * The rate to use.
   *
   * @param allowed calls per second
   * @param nanosSinceClosed since the circuit closed; 0 also stands for "not yet"
   */
  double rate(double allowed, long nanosSinceClosed) {
    if (isOver(nanosSinceClosed)) {
      return allowed;
    }
    long stepNanos = Math.max(1, over.toNanos() / STEPS);
    double part = Math.min(STEPS, 1 + nanosSinceClosed / stepNanos) / (double) STEPS;
    return Math.min(allowed, Math.max(1, allowed * part));
  }
}
