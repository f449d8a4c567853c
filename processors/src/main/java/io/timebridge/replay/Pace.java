package io.timebridge.replay;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Lets so much through per second, without catching up after a pause. Used by one thread. */
final class Pace {
  private final long nanosEach;
  private final LongSupplier nanos;
  private long freeAt;

  Pace(int perSecond, LongSupplier nanos) {
    this.nanosEach = Duration.ofSeconds(1).toNanos() / perSecond;
    this.nanos = nanos;
    this.freeAt = nanos.getAsLong();
  }

  /** How long to wait before so many more may go. */
  Duration before(int more) {
    long now = nanos.getAsLong();
    long at = freeAt - now > 0 ? freeAt : now;
    freeAt = at + more * nanosEach;
    return Duration.ofNanos(at - now);
  }
}
