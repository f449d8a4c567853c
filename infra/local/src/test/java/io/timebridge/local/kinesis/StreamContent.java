package io.timebridge.local.kinesis;

import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.EnvelopeCodec.Decoded;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** What is on a stream, for tests to look at. */
public final class StreamContent {
  private StreamContent() {}

  /** Every envelope on a stream's first shard, in its order. */
  public static List<Envelope> ofFirstShard(KinesisClient kinesis, String stream) {
    String shard = kinesis.listShards(r -> r.streamName(stream)).shards().getFirst().shardId();
    String iterator =
        kinesis
            .getShardIterator(r ->
                r.streamName(stream)
                    .shardId(shard)
                    .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
            .shardIterator();
    List<Envelope> envelopes = new ArrayList<>();
    while (true) {
      String at = iterator;
      GetRecordsResponse page = kinesis.getRecords(r -> r.shardIterator(at));
      if (page.records().isEmpty()) {
        return envelopes;
      }
      page.records().forEach(r -> envelopes.add(read(r.data().asByteArray())));
      iterator = page.nextShardIterator();
    }
  }

  private static Envelope read(byte[] record) {
    return ((Decoded.Read) EnvelopeCodec.decode(record)).envelope();
  }
}
