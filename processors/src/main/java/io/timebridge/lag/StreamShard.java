package io.timebridge.lag;

import java.util.Set;

/**
 * A shard as the stream lists it.
 *
 * @param parents shards that it was made of, whether listed or not; up to two
 * @param closed whether it has been split or merged: nothing arrives in it any more
 */
public record StreamShard(String shard, Set<String> parents, boolean closed) {
  public StreamShard {
    parents = Set.copyOf(parents);
  }
}
