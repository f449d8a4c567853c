package io.timebridge.worker;

import io.timebridge.ordering.ShardLanes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The lags and the progress of the shards that are this worker's now. Thread-safe. */
final class Lags {
  private final InstantSource clock;
  private final Map<String, Held> shards = new ConcurrentHashMap<>();

  private record Held(ShardLag lag, ShardLanes<?> lanes) {}

  Lags(InstantSource clock) {
    this.clock = clock;
  }

  InstantSource clock() {
    return clock;
  }

  /** The shard has been taken. */
  void add(String shard, ShardLag lag, ShardLanes<?> lanes) {
    shards.put(shard, new Held(lag, lanes));
  }

  /** The shard is another one's from now on; one that has taken it anew meanwhile stays. */
  void remove(String shard, ShardLag lag) {
    shards.computeIfPresent(shard, (s, held) -> held.lag() == lag ? null : held);
  }

  /** How many shards are held. */
  int shards() {
    return shards.size();
  }

  /** Of every shard held that it is known of. */
  List<Lag> all() {
    return shards.values().stream()
        .flatMap(shard -> shard.lag().lag(clock.instant()).stream())
        .toList();
  }

  /** Whether it is known of every shard held. */
  boolean isKnown() {
    return shards.values().stream().allMatch(s -> s.lag().lag(clock.instant()).isPresent());
  }

  /** The worst; empty when no shard is held that it is known of. */
  Optional<Lag> worst() {
    return all().stream().max(Comparator.comparing(Lag::behind));
  }

  /** Of every shard, by name. */
  List<ShardProgress> progress() {
    return shards.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(held -> progress(held.getKey(), held.getValue(), clock.instant()))
        .toList();
  }

  private static ShardProgress progress(String shard, Held held, Instant now) {
    return new ShardProgress(
        shard,
        held.lanes().counts(),
        held.lanes().position(),
        held.lanes().oldest(),
        held.lag().behind(now),
        held.lag().lastArrival());
  }
}
