package io.timebridge.bench.parking;

import io.timebridge.bench.scenario.Amounts;
import java.time.Duration;

/**
 * What to play; checked when it is made.
 *
 * @param events that wait behind the key's first one, 100 to 200,000
 * @param heap of the worker in bytes, 64 MiB to 16 GiB
 */
record BehindOrder(int events, long heap) {
  /** Every such event is a deletion, which nothing is folded across. */
  static final int DELETION_EVERY = 50;

  BehindOrder {
    Amounts.between("--behind", events, 100, 200_000);
    if (heap < 64L << 20 || heap > 16L << 30) {
      throw new IllegalArgumentException("--heap must be 64m to 16g: " + (heap >> 20) + "m");
    }
  }

  /** The last one saves the entry. */
  boolean isDeletion(int event) {
    return event % DELETION_EVERY == 0 && event < events;
  }

  Duration drainsWithin() {
    return Duration.ofMinutes(2).plusMillis(20L * events);
  }
}
