package io.timebridge.jobs;

import java.math.BigInteger;

/**
 * Where an event stands among those of its key: a newer poller epoch is later, and within an epoch
 * a later place in the stream. Kinesis cannot fence an old poller, so the place in the stream alone
 * proves nothing.
 *
 * @param epoch of the poller that published it
 * @param sequence stream sequence number
 */
public record Position(long epoch, BigInteger sequence) {
  /** Before every event. */
  public static final Position NONE = new Position(-1, BigInteger.ZERO);

  public boolean isAfter(Position other) {
    return epoch != other.epoch ? epoch > other.epoch : sequence.compareTo(other.sequence) > 0;
  }

  Position orLater(Position other) {
    return other.isAfter(this) ? other : this;
  }
}
