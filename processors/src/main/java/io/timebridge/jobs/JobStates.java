package io.timebridge.jobs;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.JobEvent;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What was last seen and applied, per key of the job stream. Thread-safe; several processes may
 * share one store.
 */
public interface JobStates {
  /** The state of a key; empty when none of its events was seen yet. */
  Optional<State> read(String key) throws StoreTrouble, InterruptedException;

  /**
   * Keeps the state, unless the stored one is of a newer event ({@link State#isNewerThan}); atomic.
   *
   * @return whether it was kept
   */
  boolean write(String key, State state) throws StoreTrouble, InterruptedException;

  /**
   * @param epoch poller epoch of the newest event seen
   * @param sequence stream sequence number of that event
   * @param applied that event, if it was applied; empty if it was parked
   * @param remoteId FirstService's id of the project or client; 0 when there is none
   */
  record State(long epoch, BigInteger sequence, Optional<JobEvent> applied, long remoteId) {
    /**
     * Whether this is of a newer event: of a newer epoch, or of the same epoch and later in the
     * stream. Kinesis cannot fence an old poller, so its place in the stream alone proves nothing.
     */
    boolean isNewerThan(long otherEpoch, BigInteger otherSequence) {
      return epoch != otherEpoch ? epoch > otherEpoch : sequence.compareTo(otherSequence) > 0;
    }

    /** Whether an event with another state than this one's was applied last. */
    boolean wasAnotherThan(JobEvent event) {
      return applied.filter(last -> !bare(last).equals(bare(event))).isPresent();
    }

    /** Whether exactly that event was applied. */
    boolean hasApplied(long otherEpoch, BigInteger otherSequence) {
      return applied.isPresent() && epoch == otherEpoch && sequence.equals(otherSequence);
    }
  }

  /** The event without what does not describe its subject: equal for equal states. */
  static JobEvent bare(JobEvent event) {
    return switch (event) {
      case JobEvent.Client c -> new JobEvent.Client("", 0, c.id(), c.code(), c.name());
      case JobEvent.Job j ->
          new JobEvent.Job(
              "",
              0,
              j.id(),
              j.code(),
              j.name(),
              j.clientId(),
              j.clientCode(),
              j.clientName(),
              j.open());
    };
  }
}
