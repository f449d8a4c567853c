package io.timebridge.services.gate;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

/**
 * Time as the gate needs it: monotonic, so that a clock that jumps opens or closes nothing.
 * Implementations are thread-safe.
 */
public interface Time {
  /** As {@link System#nanoTime()}. */
  long nanos();

  /** Waits on the calling thread. */
  void sleepNanos(long nanos) throws InterruptedException;

  /** The machine's. */
  Time SYSTEM =
      new Time() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void sleepNanos(long nanos) throws InterruptedException {
          TimeUnit.NANOSECONDS.sleep(nanos);
        }
      };

  /** A clock that advances with {@link #nanos()}; what it shows at first means nothing. */
  default Clock asClock() {
    long start = nanos();
    return new Clock() {
      @Override
      public Instant instant() {
        return Instant.EPOCH.plusNanos(nanos() - start);
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }
}
