package io.timebridge.replay;

import java.math.BigInteger;
import java.util.Set;

/**
 * A shard in its lineage.
 *
 * @param parents those it came from by a split or a merge; some may be forgotten already
 * @param startHash lowest hash of a key that it has held, inclusive
 * @param endHash highest, inclusive
 */
record ShardNode(String id, Set<String> parents, BigInteger startHash, BigInteger endHash) {
  ShardNode {
    parents = Set.copyOf(parents);
  }

  boolean holds(BigInteger hash) {
    return hash.compareTo(startHash) >= 0 && hash.compareTo(endHash) <= 0;
  }
}
