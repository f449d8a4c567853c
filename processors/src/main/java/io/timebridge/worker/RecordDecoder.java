package io.timebridge.worker;

import java.math.BigInteger;

/**
 * Makes of a stream's record what the handler gets. Called on KCL's threads, for different shards
 * at the same time.
 *
 * @param <R> what is handled
 */
@FunctionalInterface
public interface RecordDecoder<R> {
  /**
   * A record as it came from the stream.
   *
   * @param partitionKey the key its order is kept by; anything, up to 256 characters
   * @param sequence grows per key, also across reshards
   * @param data not shared with anybody
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  record Raw(String shard, BigInteger sequence, String partitionKey, byte[] data) {}

  /**
   * Decodes a record. Quick, without waiting for anything, and without throwing: what cannot be
   * read becomes an {@code R} that says so, and the handler decides about it. When it throws, the
   * record is not taken and the shard is given up, to be tried again from there.
   */
  R decode(Raw record);
}
