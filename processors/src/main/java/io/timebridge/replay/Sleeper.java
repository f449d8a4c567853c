package io.timebridge.replay;

import java.time.Duration;

/** Waits: {@code Thread::sleep}. */
@FunctionalInterface
public interface Sleeper {
  void sleep(Duration time) throws InterruptedException;
}
