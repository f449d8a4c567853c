package io.timebridge.lag;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a worker process says of itself.
 *
 * @param worker its id, which is also the owner in leases
 * @param at when it said so, by its own clock
 * @param every how often it does
 * @param circuits of the services that it calls
 * @param applications its shards, by the application's name
 * @param latencies of its events, by the application's name
 */
public record ProcessStatus(
    String worker,
    String version,
    Instant startedAt,
    Instant at,
    Duration every,
    List<CircuitStatus> circuits,
    Map<String, List<ShardStatus>> applications,
    Map<String, Latency> latencies) {
  /** What a process's word may be late by, beside the time between two: 5 s. */
  static final Duration SLACK = Duration.ofSeconds(5);

  public ProcessStatus {
    circuits = List.copyOf(circuits);
    applications = Map.copyOf(applications);
    latencies = Map.copyOf(latencies);
  }

  /** Whether the process lived a moment ago: it has not missed more than two words. */
  public boolean isAlive(Instant now) {
    return Duration.between(at, now).compareTo(every.multipliedBy(3).plus(SLACK)) <= 0;
  }
}
