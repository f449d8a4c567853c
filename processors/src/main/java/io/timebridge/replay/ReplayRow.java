package io.timebridge.replay;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How far a replay is.
 *
 * @param positions by part of its source; see {@link Candidate#place}
 * @param counts events by what became of them
 * @param beganAt also tells one beginning from a later one
 * @param endedAt empty = it is not done
 */
record ReplayRow(
    Window window,
    Map<String, String> positions,
    Map<Verdict, Long> counts,
    Instant beganAt,
    Optional<Instant> endedAt) {
  ReplayRow {
    positions = Map.copyOf(positions);
    counts = Map.copyOf(counts);
  }

  static ReplayRow begin(Window window, Instant now) {
    return new ReplayRow(window, Map.of(), Map.of(), now, Optional.empty());
  }
}
