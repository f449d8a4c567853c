package io.timebridge.jobs;

import java.time.Duration;

/** A call announced by somebody else has to be waited for. */
final class NotYet extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Duration after;

  NotYet(String cause, Duration after) {
    super(cause, null, false, false);
    this.after = after;
  }

  /** When to look again. */
  Duration after() {
    return after;
  }
}
