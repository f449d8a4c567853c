package io.timebridge.stream;

import java.math.BigInteger;

/**
 * A readable record of a stream.
 *
 * @param shard where it came from
 * @param sequence its stream sequence number; grows per key, also across reshards
 */
public record StreamRecord(String shard, BigInteger sequence, Envelope envelope) {
  public String key() {
    return envelope.key();
  }
}
