package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The entry rows, changed only by these conditional writes. Each names its condition; a condition
 * that does not hold changes nothing and is answered with {@link Written.Lost}. A write whose own
 * answer was lost is recognised by what it wrote and reported as done. Each tells of itself in the
 * row's {@link History}. Thread-safe; every method blocks.
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
   * W6, the wake-up of a parking has been sent. Condition: {@code episode} as given, and it is
   * owed.
   */
  Written woken(EntryId id, long episode) throws Unavailable;

  /** Notes that an event needs nothing. Off the stream that takes no write. */
  default Written skip(EntryId id, EntryRow seen) throws Unavailable {
    return new Written.Done(seen);
  }

  /** Why its events wait, as was found last; empty when none do. Strongly consistent. */
  Optional<Rejection.Reason> waitsBecause(EntryId id) throws Unavailable;

  /** The oldest events of the entry that wait, at most {@code most}; strongly consistent. */
  List<StreamRecord> waiting(EntryId id, int most) throws Unavailable;

  /**
   * W2d and W8, events that waited are done with: one transaction takes them away and writes the
   * result. When no other waits the lane turns back to the stream; when others have joined them
   * meanwhile, those stay. When somebody else has taken them away before, the result alone is
   * written. Condition: the intent's token is {@code token}; without a token {@code rev} as seen,
   * and, for a result, no intent.
   *
   * @param result empty = they needed nothing: an intent of somebody else's stays
   * @param sequences the oldest ones that wait, at most {@value #MOST_AT_ONCE}
   */
  Written drained(
      EntryId id,
      EntryRow seen,
      Optional<String> token,
      Optional<Result> result,
      List<BigInteger> sequences)
      throws Unavailable;

  /**
   * W7, events that waited cannot go on now either: the intent, if there is one, is removed, what
   * is known of the timesheet stays. Condition: as {@link #drained}.
   */
  Written rejectedAgain(EntryId id, EntryRow seen, Optional<String> token, Parking why)
      throws Unavailable;

  /** The wake-up was received for the last time. Condition: {@code rev} and what waits as seen. */
  Written bury(EntryId id, EntryRow seen) throws Unavailable;

  /**
   * Another wake-up is owed for what waits. Condition: {@code episode} as seen, something waits.
   */
  Written wakeAgain(EntryId id, EntryRow seen) throws Unavailable;

  /**
   * Keys whose wake-up may have got lost, oldest first: owed since before {@code owedSince}, or
   * sent and untouched since before {@code sentSince}. May be a little behind.
   */
  List<EntryId> asleep(Instant owedSince, Instant sentSince, int most) throws Unavailable;

  /**
   * Keys whose events wait and that are not owed a wake-up: dead ones first, then the others, each
   * longest untouched first. May be a little behind.
   *
   * @param after goes on where {@link ParkedKeys#next} said; empty = from the beginning
   * @param most about how many
   */
  ParkedKeys parked(Optional<String> after, int most) throws Unavailable;

  /**
   * Some of the keys that wait.
   *
   * @param next where the next ones begin, to be given back as it is; empty = these were the last
   */
  record ParkedKeys(List<ParkedKey> keys, Optional<String> next) {
    public ParkedKeys {
      keys = List.copyOf(keys);
    }
  }

  /**
   * A key that waits.
   *
   * @param waitsFor of its latest rejection; empty where that cannot be asked for, or an older
   *     version wrote the row
   * @param touched when something last became of what waits
   */
  record ParkedKey(EntryId id, EntryRow row, Set<Cause> waitsFor, Instant touched) {
    public ParkedKey {
      waitsFor = Set.copyOf(waitsFor);
    }
  }

  /** Most events that one {@link #drained} takes away: a transaction of DynamoDB has 100 items. */
  int MOST_AT_ONCE = 99;

  /**
   * What a result leaves in the row.
   *
   * @param timesheetId 0 = none
   * @param what came of it, for the row's {@link History}: fixed words and ids, no names
   */
  record Result(
      long version,
      String hash,
      EntryRow.State state,
      long timesheetId,
      Optional<Place> place,
      BigInteger seq,
      String what) {
    /** Nothing is said of it. */
    public Result(
        long version,
        String hash,
        EntryRow.State state,
        long timesheetId,
        Optional<Place> place,
        BigInteger seq) {
      this(version, hash, state, timesheetId, place, seq, "");
    }

    Result at(BigInteger other) {
      return new Result(version, hash, state, timesheetId, place, other, what);
    }

    Result saying(String words) {
      return new Result(version, hash, state, timesheetId, place, seq, words);
    }
  }

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
