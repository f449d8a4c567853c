package io.timebridge.local.kinesis;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Turns a stream's running ordinal into a sequence number of the size and look of the real service
 * (56 decimal digits that begin with 49), and back.
 *
 * <p>The numbers of one stream grow strictly with the ordinal, whatever shard they belong to. Each
 * one names its stream (by creation second) and its shard, so a number used with the wrong shard
 * can be told.
 *
 * @param streamCreatedSeconds creation time of the stream, epoch seconds
 */
record SequenceNumbers(long streamCreatedSeconds) {

  // From the top: 4 bits lead, 36 stream second, 4 zero, 64 ordinal, 8 zero, 36 arrival second, 32
  // shard, 4 version.
  private static final long LEAD = 2;
  private static final long VERSION = 2;
  private static final int BYTES = 24;
  private static final long MASK_28 = (1L << 28) - 1;
  private static final long MASK_36 = (1L << 36) - 1;

  /**
   * What a sequence number says.
   *
   * @param ordinal the place in the stream
   * @param shard index of the shard it was given out in
   * @param arrivalSecond when, epoch seconds
   */
  record Place(long ordinal, int shard, long arrivalSecond) {}

  String encode(long ordinal, int shard, long arrivalMillis) {
    long second = Math.floorDiv(arrivalMillis, 1000L) & MASK_36;
    byte[] bytes =
        ByteBuffer.allocate(BYTES)
            .putLong((LEAD << 56) | ((streamCreatedSeconds & MASK_36) << 20) | (ordinal >>> 48))
            .putLong((ordinal << 16) | (second >>> 28))
            .putLong(((second & MASK_28) << 36) | ((shard & 0xFFFF_FFFFL) << 4) | VERSION)
            .array();
    return new BigInteger(1, bytes).toString();
  }

  /** What the number says, or nothing when it is not a number of this stream. */
  Optional<Place> decode(String number) {
    if (number.length() > 60
        || number.isEmpty()
        || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    BigInteger value = new BigInteger(number);
    if (value.bitLength() > BYTES * 8) {
      return Optional.empty();
    }
    ByteBuffer words = ByteBuffer.allocate(BYTES);
    for (int word = 2; word >= 0; word--) {
      words.putLong(value.shiftRight(64 * word).longValue());
    }
    words.flip();
    long high = words.getLong();
    long middle = words.getLong();
    long low = words.getLong();
    boolean ours =
        high >>> 56 == LEAD
            && ((high >>> 20) & MASK_36) == (streamCreatedSeconds & MASK_36)
            && (low & 0xF) == VERSION;
    if (!ours) {
      return Optional.empty();
    }
    return Optional.of(
        new Place(
            ((high & 0xFFFF) << 48) | (middle >>> 16),
            (int) (low >>> 4),
            ((middle & 0xFF) << 28) | (low >>> 36)));
  }
}
