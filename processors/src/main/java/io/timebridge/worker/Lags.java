package io.timebridge.worker;

import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The lags of the shards that are this worker's now. Thread-safe. */
final class Lags {
  private final InstantSource clock;
  private final Map<String, ShardLag> shards = new ConcurrentHashMap<>();

  Lags(InstantSource clock) {
    this.clock = clock;
  }

  InstantSource clock() {
    return clock;
  }

  /** The shard has been taken. */
  void add(String shard, ShardLag lag) {
    shards.put(shard, lag);
  }

  /** The shard is another one's from now on; one that has taken it anew meanwhile stays. */
  void remove(String shard, ShardLag lag) {
    shards.remove(shard, lag);
  }

  /** Of every shard held. */
  List<Lag> all() {
    return shards.values().stream().map(shard -> shard.lag(clock.instant())).toList();
  }

  /** The worst; empty when no shard is held. */
  Optional<Lag> worst() {
    return all().stream().max(Comparator.comparing(Lag::behind));
  }
}
