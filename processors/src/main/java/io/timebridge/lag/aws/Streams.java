package io.timebridge.lag.aws;

import io.timebridge.lag.StreamShard;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** Lists the shards of streams, closed ones that still keep records among them. Thread-safe. */
final class Streams {
  private final KinesisClient kinesis;

  Streams(KinesisClient kinesis) {
    this.kinesis = kinesis;
  }

  List<StreamShard> shards(String stream) {
    List<StreamShard> shards = new ArrayList<>();
    ListShardsResponse page = kinesis.listShards(r -> r.streamName(stream));
    page.shards().forEach(shard -> shards.add(shard(shard)));
    while (page.nextToken() != null) {
      String token = page.nextToken();
      page = kinesis.listShards(r -> r.nextToken(token));
      page.shards().forEach(shard -> shards.add(shard(shard)));
    }
    return shards;
  }

  private static StreamShard shard(Shard shard) {
    Set<String> parents = new HashSet<>();
    Stream.of(shard.parentShardId(), shard.adjacentParentShardId())
        .filter(parent -> parent != null && !parent.isEmpty())
        .forEach(parents::add);
    return new StreamShard(
        shard.shardId(), parents, shard.sequenceNumberRange().endingSequenceNumber() != null);
  }
}
