package io.timebridge.timesheet;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits; injected so that tests need not. */
@FunctionalInterface
public interface Pause {
  /** By the machine's clock. */
  Pause REAL = time -> TimeUnit.NANOSECONDS.sleep(time.toNanos());

  void pause(Duration time) throws InterruptedException;
}
