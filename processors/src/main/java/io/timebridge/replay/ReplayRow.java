package io.timebridge.replay;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How far a replay is.
 *
 * @param positions by part of its source; see {@link Candidate.Place}
 * @param sent the furthest of each shard that was published
 * @param counts events by what became of them
 * @param lost what the stream had let go of before it was read, by shard
 * @param beganAt also tells one beginning from a later one
 * @param endedAt empty = it is not done
 */
record ReplayRow(
    Window window,
    Map<String, String> positions,
    Map<String, Sent> sent,
    Map<Verdict, Long> counts,
    Map<String, Window> lost,
    Instant beganAt,
    Optional<Instant> endedAt) {
  ReplayRow {
    positions = Map.copyOf(positions);
    sent = Map.copyOf(sent);
    counts = Map.copyOf(counts);
    lost = Map.copyOf(lost);
  }

  /**
   * What workers have to finish of a shard before it is finished.
   *
   * @param sequence highest sequence number that Kinesis has acknowledged there
   * @param leased whether the shard was seen to have a lease: when it has none any more, it is done
   */
  record Sent(BigInteger sequence, boolean leased) {}

  static ReplayRow begin(Window window, Instant now) {
    return new ReplayRow(window, Map.of(), Map.of(), Map.of(), Map.of(), now, Optional.empty());
  }
}
