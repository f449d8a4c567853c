package io.timebridge.jobs;

import java.time.Duration;

/** Waits; injected so that tests need not. */
@FunctionalInterface
public interface Pause {
  void pause(Duration time) throws InterruptedException;
}
