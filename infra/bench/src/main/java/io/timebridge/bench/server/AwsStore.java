package io.timebridge.bench.server;

import io.timebridge.aws.AwsClients;
import io.timebridge.bench.measure.Payload;
import io.timebridge.bench.measure.Traffic;
import io.timebridge.local.aws.LocalDynamoDb;
import io.timebridge.local.kinesis.LocalKinesis;
import io.timebridge.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/** The embedded Kinesis, without the limits of a shard, and DynamoDB Local. */
final class AwsStore implements Store {
  private static final int PER_CALL = 500;

  private final LocalKinesis kinesis;
  private final LocalDynamoDb dynamoDb;

  private AwsStore(LocalKinesis kinesis, LocalDynamoDb dynamoDb) {
    this.kinesis = kinesis;
    this.dynamoDb = dynamoDb;
  }

  static AwsStore start() {
    return new AwsStore(
        LocalKinesis.start(
            LocalKinesis.Options.defaults()
                .withThrottling(false)
                .withMaxBytesPerShard(Long.MAX_VALUE)),
        LocalDynamoDb.start(0));
  }

  @Override
  public Map<String, String> addresses() {
    return Map.of(
        "kinesis", kinesis.endpoint().toString(), "dynamodb", dynamoDb.endpoint().toString());
  }

  @Override
  public void fill(Fill fill) {
    AwsClients clients =
        new AwsClients(new Settings.Aws("us-east-1", Map.of("kinesis", kinesis.endpoint()), true));
    Traffic traffic = new Traffic(fill.keys(), fill.hotKeyPercent());
    try (KinesisClient client = clients.kinesis()) {
      client.createStream(r -> r.streamName(fill.name()).shardCount(fill.shards()));
      client.waiter().waitUntilStreamExists(r -> r.streamName(fill.name()));
      for (int put = 0; put < fill.records(); put += PER_CALL) {
        put(client, fill.name(), traffic, Math.min(PER_CALL, fill.records() - put));
      }
    }
  }

  private static void put(KinesisClient client, String stream, Traffic traffic, int count) {
    List<PutRecordsRequestEntry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Payload.Mark mark = traffic.next();
      entries.add(
          PutRecordsRequestEntry.builder()
              .partitionKey(Payload.partitionKey(mark.key()))
              .data(SdkBytes.fromByteArrayUnsafe(Payload.encode(mark)))
              .build());
    }
    PutRecordsResponse answer = client.putRecords(r -> r.streamName(stream).records(entries));
    if (answer.failedRecordCount() != 0) {
      throw new IllegalStateException(answer.failedRecordCount() + " records were not taken");
    }
  }

  @Override
  public void close() {
    kinesis.close();
    dynamoDb.close();
  }
}
