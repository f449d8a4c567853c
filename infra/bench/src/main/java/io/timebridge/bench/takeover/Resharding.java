package io.timebridge.bench.takeover;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** Splits and merges shards of one stream. Used by one thread. */
final class Resharding {
  private final KinesisClient kinesis;
  private final String stream;
  private final Random random;

  Resharding(KinesisClient kinesis, String stream, long seed) {
    this.kinesis = kinesis;
    this.stream = stream;
    this.random = new Random(seed);
  }

  /**
   * Splits one of the open shards in the middle.
   *
   * @return for people
   */
  String split() {
    List<Shard> open = open();
    Shard shard = open.get(random.nextInt(open.size()));
    BigInteger middle = start(shard).add(end(shard)).shiftRight(1);
    kinesis.splitShard(r ->
        r.streamName(stream).shardToSplit(shard.shardId()).newStartingHashKey(middle.toString()));
    awaitActive();
    return "SplitShard " + shard.shardId();
  }

  /**
   * Merges two neighbours.
   *
   * @return for people
   */
  String merge() {
    List<Shard> open = open();
    int first = random.nextInt(open.size() - 1);
    String left = open.get(first).shardId();
    String right = open.get(first + 1).shardId();
    kinesis.mergeShards(r -> r.streamName(stream).shardToMerge(left).adjacentShardToMerge(right));
    awaitActive();
    return "MergeShards " + left + " and " + right;
  }

  private void awaitActive() {
    kinesis.waiter().waitUntilStreamExists(r -> r.streamName(stream));
  }

  /** By their place in the hash range: whoever stands side by side there can be merged. */
  private List<Shard> open() {
    return kinesis.listShards(r -> r.streamName(stream)).shards().stream()
        .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null)
        .sorted(Comparator.comparing(Resharding::start))
        .toList();
  }

  private static BigInteger start(Shard shard) {
    return new BigInteger(shard.hashKeyRange().startingHashKey());
  }

  private static BigInteger end(Shard shard) {
    return new BigInteger(shard.hashKeyRange().endingHashKey());
  }
}
