package io.timebridge.doctor;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits between two looks. */
@FunctionalInterface
interface Pause {
  void pause(Duration time) throws InterruptedException;

  Pause REAL = time -> TimeUnit.NANOSECONDS.sleep(time.toNanos());
}
