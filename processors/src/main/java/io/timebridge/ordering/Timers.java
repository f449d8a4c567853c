package io.timebridge.ordering;

import java.time.Duration;

/** Runs something later. */
@FunctionalInterface
public interface Timers {
  /**
   * Runs {@code action} once, not before {@code delay} has passed. The action is short, does not
   * block and does not throw. After the timers have been stopped nothing runs any more.
   */
  void after(Duration delay, Runnable action);
}
