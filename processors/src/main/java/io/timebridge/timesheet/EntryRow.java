package io.timebridge.timesheet;

import java.math.BigInteger;
import java.util.Optional;

/**
 * The row of one entry: what was applied, what is open, what waits. Changed only by the conditional
 * writes of {@link EntryStore}.
 *
 * @param rev counts the writes, except those that only add to the parked events; 0 = there is no
 *     row
 * @param version newest version applied (seconds since 1970); 0 = none
 * @param hash of the content applied with that version; empty = none
 * @param tried newest version any intent was ever written for; never lowered
 * @param timesheetId the entry's timesheet in SecondService; 0 = none known
 * @param place where that timesheet was last written
 * @param seq highest stream sequence number applied or parked
 * @param parked events of this key that wait
 * @param episode number of the latest parking
 */
public record EntryRow(
    long rev,
    long version,
    String hash,
    long tried,
    State state,
    long timesheetId,
    Optional<Place> place,
    BigInteger seq,
    Optional<Intent> intent,
    Lane lane,
    int parked,
    long episode) {

  /** What SecondService holds of the entry, as far as we have done. */
  public enum State {
    NONE,
    LIVE,
    DELETED
  }

  /** Where the entry's next event belongs. */
  public enum Lane {
    /** It is handled as it comes off the stream. */
    STREAM,
    /** It follows the events that wait. */
    PARKED,
    /** As {@link #PARKED}, and no wake-up is queued. */
    DEAD
  }

  private static final EntryRow ABSENT =
      new EntryRow(
          0,
          0,
          "",
          0,
          State.NONE,
          0,
          Optional.empty(),
          BigInteger.ZERO,
          Optional.empty(),
          Lane.STREAM,
          0,
          0);

  /** No row: nothing of ours is in SecondService. */
  public static EntryRow absent() {
    return ABSENT;
  }

  public boolean exists() {
    return rev > 0;
  }
}
