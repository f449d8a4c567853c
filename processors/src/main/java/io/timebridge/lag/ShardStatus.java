package io.timebridge.lag;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the worker that has a shard says of it.
 *
 * @param inFlight records being handled
 * @param held records taken and not finished, those in flight among them
 * @param oldest of the held ones
 * @param position up to it (inclusive) all is finished; empty while nothing is since the shard was
 *     taken
 * @param lastArrival when the newest record arrived that was taken
 * @param window the last samples, oldest first; at most {@value Judge#WINDOW}
 */
public record ShardStatus(
    String shard,
    int inFlight,
    int held,
    Optional<OldestKey> oldest,
    Optional<String> position,
    Optional<Instant> lastArrival,
    List<Sample> window) {
  public ShardStatus {
    window = List.copyOf(window);
  }
}
