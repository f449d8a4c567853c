package io.timebridge.jobs;

import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;

/**
 * Where an event stands among those of its key: a newer poller epoch is later, and within an epoch
 * a later place in the stream. Kinesis cannot fence an old poller, so the place in the stream alone
 * proves nothing. An event that a replay has published again stands where it stood at first.
 *
 * @param epoch of the poller that published it
 * @param sequence stream sequence number
 */
public record Position(long epoch, BigInteger sequence) {
  /** Before every event. */
  public static final Position NONE = new Position(-1, BigInteger.ZERO);

  /** Of an event, by its record. */
  public static Position of(StreamRecord record, JobEvent event) {
    return new Position(event.epoch(), Replayed.placeOf(record));
  }

  public boolean isAfter(Position other) {
    return epoch != other.epoch ? epoch > other.epoch : sequence.compareTo(other.sequence) > 0;
  }

  Position orLater(Position other) {
    return other.isAfter(this) ? other : this;
  }
}
