package io.timebridge.jobs;

import io.timebridge.stream.JobEvent;
import java.time.Duration;
import java.util.Optional;

/**
 * The row of one subject, a job or a client: what was applied, and what call is open. Changed only
 * by the conditional writes of {@link JobStates}.
 *
 * @param rev counts the writes; 0 = none yet
 * @param seen position of the newest event applied or parked
 * @param applied that event, if it was applied; empty if it was parked
 * @param remoteId FirstService's id of the project or client; 0 = none known, and if there is no
 *     intent either, then there is none of our making. A client may have one before any event of
 *     its own: then one of its jobs came first
 * @param tried position of the newest event any intent was ever written for; never lowered
 * @param intent an announced call whose result is not written yet
 */
public record JobRow(
    long rev,
    Position seen,
    Optional<JobEvent> applied,
    long remoteId,
    Position tried,
    Optional<Intent> intent) {
  private static final JobRow ABSENT =
      new JobRow(0, Position.NONE, Optional.empty(), 0, Position.NONE, Optional.empty());

  /**
   * An announced call to FirstService.
   *
   * @param token who announced it: process incarnation and a counter, never used twice
   * @param span how long the call may take to be sent, to land and to be seen
   */
  public record Intent(String token, Duration span) {}

  /** What a row holds when it holds nothing: no call was ever announced for the subject. */
  public static JobRow absent() {
    return ABSENT;
  }

  /** The row, with what was found in FirstService since it was read. */
  JobRow knowing(long foundId) {
    return new JobRow(rev, seen, applied, foundId, tried, intent);
  }

  /** Whether exactly the event at that position was applied. */
  public boolean hasApplied(Position at) {
    return applied.isPresent() && seen.equals(at);
  }

  /**
   * Whether a listing that shows the event's state can be believed: nothing of ours can have
   * changed it since. So it is when the event applied last was of the same state and none was begun
   * after it, and when no event was begun at all. With an intent in the row it is so for a listing
   * begun after its span, and only such a one is looked at ({@link Directory#locate}).
   */
  boolean vouchesFor(JobEvent event) {
    if (intent.isPresent()) {
      return true;
    }
    boolean sameState = applied.filter(last -> bare(last).equals(bare(event))).isPresent();
    return tried.equals(seen) && (seen.equals(Position.NONE) || sameState);
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
