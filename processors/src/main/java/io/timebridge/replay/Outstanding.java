package io.timebridge.replay;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/**
 * What was published and is not known to be handled, by the shard it went to. Not thread-safe.
 *
 * @implNote A shard's queue holds its sequence numbers in the order of their acknowledgements,
 *     which for different keys may not be quite that of their places: a checkpoint takes away all
 *     at or below it, wherever they stand.
 */
final class Outstanding {
  private final Map<String, Queue<BigInteger>> byShard = new HashMap<>();
  private int count;

  void published(String shard, BigInteger sequence) {
    byShard.computeIfAbsent(shard, s -> new ArrayDeque<>()).add(sequence);
    count++;
  }

  /** The workers have finished everything of the shard up to there. */
  void handledUpTo(String shard, BigInteger checkpoint) {
    Queue<BigInteger> left = byShard.get(shard);
    if (left != null) {
      int before = left.size();
      left.removeIf(sequence -> sequence.compareTo(checkpoint) <= 0);
      count -= before - left.size();
      if (left.isEmpty()) {
        byShard.remove(shard);
      }
    }
  }

  /** The workers have finished the shard. */
  void handled(String shard) {
    Queue<BigInteger> left = byShard.remove(shard);
    count -= left == null ? 0 : left.size();
  }

  int count() {
    return count;
  }

  /** The shards of what is left. */
  Set<String> shards() {
    return Set.copyOf(byShard.keySet());
  }
}
