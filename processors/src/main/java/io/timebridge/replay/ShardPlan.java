package io.timebridge.replay;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * In which order shards are read: each after all of its parents that are still there, so that the
 * events of a key come in the order in which they were published. Pure, and the same for the same
 * shards in whatever order they are given.
 */
final class ShardPlan {
  private ShardPlan() {}

  /**
   * The shards to read, one after the other.
   *
   * @param key only those that may hold it; empty = all
   * @throws IllegalArgumentException when a shard is its own ancestor
   */
  static List<ShardNode> order(Collection<ShardNode> shards, Optional<String> key) {
    Optional<BigInteger> hash = key.map(ShardPlan::hash);
    List<ShardNode> left = new ArrayList<>(shards);
    left.sort(Comparator.comparing(ShardNode::id));
    Set<String> open = new HashSet<>();
    left.forEach(shard -> open.add(shard.id()));
    List<ShardNode> order = new ArrayList<>();
    while (!left.isEmpty()) {
      List<ShardNode> next =
          left.stream().filter(s -> s.parents().stream().noneMatch(open::contains)).toList();
      if (next.isEmpty()) {
        throw new IllegalArgumentException("shards in a circle: " + open);
      }
      left.removeAll(next);
      next.forEach(shard -> open.remove(shard.id()));
      order.addAll(next);
    }
    return order.stream().filter(shard -> hash.filter(h -> !shard.holds(h)).isEmpty()).toList();
  }

  /** Where Kinesis puts a partition key: its MD5, as a number of 128 bits. */
  @SuppressWarnings("java:S4790") // Kinesis' own choice; nothing is kept secret by it
  static BigInteger hash(String key) {
    try {
      return new BigInteger(
          1, MessageDigest.getInstance("MD5").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has MD5", impossible);
    }
  }
}
