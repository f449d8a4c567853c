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
 * @param wake whether that parking's wake-up has been sent
 * @param history what was written of it before, for people
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
    long episode,
    Wake wake,
    History history) {

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

  /** What became of the wake-up of a parking. */
  public enum Wake {
    /** Nothing waits. */
    NONE,
    /** It is to be sent by whoever sees it. */
    OWED,
    SENT,
    /** It was received too often. */
    DEAD
  }

  /** Without a history. */
  public EntryRow(
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
      long episode,
      Wake wake) {
    this(
        rev,
        version,
        hash,
        tried,
        state,
        timesheetId,
        place,
        seq,
        intent,
        lane,
        parked,
        episode,
        wake,
        History.none());
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
          0,
          Wake.NONE,
          History.none());

  /** No row: nothing of ours is in SecondService. */
  public static EntryRow absent() {
    return ABSENT;
  }

  public boolean exists() {
    return rev > 0;
  }

  /** Whether events of the entry wait, and those that come are to join them. */
  public boolean waits() {
    return lane != Lane.STREAM;
  }

  /** After W4: the event waits, and a wake-up is owed. */
  public EntryRow parked(BigInteger sequence, EntryStore.Parking why) {
    boolean gone = why.timesheetId().isPresent() && why.timesheetId().getAsLong() == 0;
    return new EntryRow(
        rev + 1,
        version,
        hash,
        tried,
        why.stateAfter(state),
        why.timesheetId().orElse(timesheetId),
        gone ? Optional.empty() : why.place().or(() -> place),
        sequence,
        Optional.empty(),
        Lane.PARKED,
        parked + 1,
        episode + 1,
        Wake.OWED,
        history);
  }

  /** After W5: one more waits; a dead key is to be woken again. */
  public EntryRow followed(BigInteger sequence) {
    boolean dead = lane == Lane.DEAD;
    return waiting(
        rev,
        sequence,
        parked + 1,
        Lane.PARKED,
        dead ? episode + 1 : episode,
        dead ? Wake.OWED : wake);
  }

  /** After a result: no intent is open. */
  public EntryRow concluded(EntryStore.Result result) {
    return new EntryRow(
        rev + 1,
        result.version(),
        result.hash(),
        tried,
        result.state(),
        result.timesheetId(),
        result.place(),
        result.seq(),
        Optional.empty(),
        lane,
        parked,
        episode,
        wake,
        history);
  }

  /** With other events waiting, or none. */
  public EntryRow waiting(
      long newRev, BigInteger sequence, int waiting, Lane where, long inEpisode, Wake woken) {
    return new EntryRow(
        newRev,
        version,
        hash,
        tried,
        state,
        timesheetId,
        place,
        sequence,
        intent,
        where,
        waiting,
        inEpisode,
        woken,
        history);
  }

  /** The same, with another history. */
  public EntryRow telling(History other) {
    return new EntryRow(
        rev,
        version,
        hash,
        tried,
        state,
        timesheetId,
        place,
        seq,
        intent,
        lane,
        parked,
        episode,
        wake,
        other);
  }
}
