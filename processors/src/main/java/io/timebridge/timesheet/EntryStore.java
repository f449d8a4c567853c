package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The entry rows, changed only by these conditional writes. Each names its condition; a condition
 * that does not hold changes nothing and is answered with {@link Written.Lost}. A write whose own
 * answer was lost is recognised by what it wrote and reported as done. Thread-safe; every method
 * blocks.
 */
public interface EntryStore {
  /** How a conditional write ended. */
  sealed interface Written {
    /** The row as it is now. */
    record Done(EntryRow row) implements Written {}

    /** The condition did not hold: somebody else was first. */
    record Lost() implements Written {}
  }

  /**
   * The store cannot be reached or is overloaded; whether the write was done is not known. The step
   * is entered again.
   */
  final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The row, or {@link EntryRow#absent()}; strongly consistent. */
  EntryRow read(EntryId id) throws Unavailable;

  /**
   * W1, announce a call. Condition: {@code rev} as seen, no intent (or no row where none was seen).
   */
  Written begin(EntryId id, EntryRow seen, Intent intent) throws Unavailable;

  /**
   * W1t, take an intent over. Condition: {@code rev} and token as seen; its span has been waited,
   * or it is known never to have been sent.
   */
  Written takeOver(EntryId id, EntryRow seen, Intent intent) throws Unavailable;

  /**
   * W2, the result of a call. Condition: the intent's token is {@code token}. Removes the intent.
   */
  Written result(EntryId id, String token, Result result) throws Unavailable;

  /**
   * W3, remember something that needed no call: a deletion of what was never booked, or a version
   * with nothing to book. Condition: {@code rev} as seen, no intent.
   */
  Written note(EntryId id, EntryRow seen, Result result) throws Unavailable;

  /**
   * W7, take an announcement back whose call was surely not made. Condition: the intent's token is
   * {@code token}.
   */
  Written release(EntryId id, String token) throws Unavailable;

  /**
   * W4, park the key: one transaction puts the event into {@code Parked_Events} and turns the lane.
   * Condition: lane STREAM, {@code seq} below the record's, and the intent's token is {@code
   * token}, or without a token no intent and {@code rev} as seen.
   */
  Written park(EntryId id, EntryRow seen, Optional<String> token, StreamRecord record, Parking why)
      throws Unavailable;

  /**
   * W5, follow the events that wait. Condition: lane not STREAM, {@code episode} as seen, {@code
   * seq} below the record's.
   */
  Written follow(EntryId id, EntryRow seen, StreamRecord record) throws Unavailable;

  /**
   * What a result leaves in the row.
   *
   * @param timesheetId 0 = none
   */
  record Result(
      long version,
      String hash,
      EntryRow.State state,
      long timesheetId,
      Optional<Place> place,
      java.math.BigInteger seq) {}

  /**
   * Why a key is parked.
   *
   * @param timesheetId what is known of the timesheet by now; 0 = there surely is none; empty =
   *     what the row says
   * @param place where that timesheet was last written; empty = what the row says
   */
  record Parking(Rejection rejection, OptionalLong timesheetId, Optional<Place> place) {
    /** Nothing has been found out about the timesheet. */
    static Parking untouched(Rejection rejection) {
      return new Parking(rejection, OptionalLong.empty(), Optional.empty());
    }

    /** What the row says of the timesheet afterwards. */
    public EntryRow.State stateAfter(EntryRow.State before) {
      if (timesheetId.isEmpty()) {
        return before;
      }
      if (timesheetId.getAsLong() > 0) {
        return EntryRow.State.LIVE;
      }
      return before == EntryRow.State.LIVE ? EntryRow.State.NONE : before;
    }
  }
}
