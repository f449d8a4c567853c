package io.timebridge.lag;

import java.time.Instant;
import java.util.List;

/**
 * A worker process.
 *
 * @param seenAt when it told of itself last
 * @param shards that it had then
 */
public record ProcessLine(
    String worker,
    String version,
    boolean alive,
    Instant startedAt,
    Instant seenAt,
    int shards,
    List<CircuitStatus> circuits) {
  public ProcessLine {
    circuits = List.copyOf(circuits);
  }

  static ProcessLine of(ProcessStatus status, Instant now) {
    int shards = status.applications().values().stream().mapToInt(List::size).sum();
    return new ProcessLine(
        status.worker(),
        status.version(),
        status.isAlive(now),
        status.startedAt(),
        status.at(),
        shards,
        status.circuits());
  }
}
