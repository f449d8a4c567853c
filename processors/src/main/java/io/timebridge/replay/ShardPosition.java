package io.timebridge.replay;

import java.time.Instant;

/**
 * A record of a shard, as a replay's position.
 *
 * @param sequence its sequence number, in digits; {@link Candidate.Place#END} for the last one
 * @param arrived when it came; tells whether the shard still holds it
 */
record ShardPosition(String sequence, Instant arrived) {
  /** Of a shard that is done. */
  static ShardPosition end(Instant arrived) {
    return new ShardPosition(Candidate.Place.END, arrived);
  }

  boolean isEnd() {
    return sequence.equals(Candidate.Place.END);
  }

  /** {@code 4957@1783072800000}. */
  String text() {
    return sequence + "@" + arrived.toEpochMilli();
  }

  /**
   * Reads {@link #text()}.
   *
   * @param from when it came at the earliest, where the text does not say
   */
  static ShardPosition parse(String text, Instant from) {
    int at = text.indexOf('@');
    return at < 0
        ? new ShardPosition(text, from)
        : new ShardPosition(
            text.substring(0, at), Instant.ofEpochMilli(Long.parseLong(text.substring(at + 1))));
  }
}
