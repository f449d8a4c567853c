package io.timebridge.ordering;

import java.time.Duration;
import java.util.Optional;

/** How the handling of one record ended. */
public sealed interface Outcome {
  /** The record's effect is there, and durably known to be. */
  record Applied(String detail) implements Outcome {}

  /** The record needs no effect; {@code reason} is stated and counted. */
  record Skipped(String reason) implements Outcome {}

  /** The record is durably kept elsewhere, in order; the lane goes on. */
  record Parked(String reason) implements Outcome {}

  /**
   * Not yet. The record stays at the head of its lane and is handled again.
   *
   * @param cause for people
   * @param after wait at least this long; empty = the lane's own backoff
   * @param common whether every key waits for the same thing, of which the log tells elsewhere: no
   *     line per key
   */
  record Retry(String cause, Optional<Duration> after, boolean common) implements Outcome {
    public Retry(String cause, Optional<Duration> after) {
      this(cause, after, false);
    }

    public Retry(String cause) {
      this(cause, Optional.empty());
    }

    public Retry(String cause, Duration after) {
      this(cause, Optional.of(after));
    }
  }
}
