package io.timebridge.intent;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Until when a call may be sent under an intent: {@code send-within} after the clock was read
 * before the intent was written, by the monotonic and by the wall clock, since a machine that was
 * suspended may have stopped one of them. Immutable.
 */
public final class Fence implements BooleanSupplier {
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final long nanosHalf;
  private final long nanosLimit;
  private final long millisLimit;

  private Fence(LongSupplier nanoTime, InstantSource clock, Duration sendWithin) {
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.nanosHalf = nanoTime.getAsLong() + sendWithin.toNanos() / 2;
    this.nanosLimit = nanoTime.getAsLong() + sendWithin.toNanos();
    this.millisLimit = clock.millis() + sendWithin.toMillis();
  }

  /** To be called before the intent is written. */
  public static Fence from(LongSupplier nanoTime, InstantSource clock, Duration sendWithin) {
    return new Fence(nanoTime, clock, sendWithin);
  }

  /** Whether less than half of the time is used up. */
  public boolean isEarly() {
    return nanoTime.getAsLong() - nanosHalf < 0 && getAsBoolean();
  }

  /** Whether it has been closed for longer than this, by the monotonic clock. */
  public boolean closedFor(Duration time) {
    return nanoTime.getAsLong() - nanosLimit > time.toNanos();
  }

  /** Whether a call may still be sent. */
  @Override
  public boolean getAsBoolean() {
    return nanoTime.getAsLong() - nanosLimit < 0 && clock.millis() < millisLimit;
  }
}
