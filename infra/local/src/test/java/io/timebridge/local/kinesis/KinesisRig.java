package io.timebridge.local.kinesis;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** A Kinesis to test, ours or another, and short ways to talk to it. */
final class KinesisRig implements AutoCloseable {

  /** Names another endpoint to hold the contract test against; our own is not started then. */
  static final String ENDPOINT_PROPERTY = "timebridge.kinesis.endpoint";

  private final List<Runnable> closers = new ArrayList<>();
  private final URI endpoint;
  private final KinesisClient client;

  private KinesisRig(URI endpoint) {
    System.setProperty("aws.cborEnabled", "false");
    quieten("io.netty", "software.amazon", "org.apache.http", "org.eclipse.jetty");
    this.endpoint = endpoint;
    this.client = kept(newClient());
  }

  /** Logs whole requests otherwise, which takes longer than the tests. */
  private static void quieten(String... loggers) {
    for (String name : loggers) {
      ((Logger) LoggerFactory.getLogger(name)).setLevel(Level.WARN);
    }
  }

  static KinesisRig local(LocalKinesis.Options options) {
    LocalKinesis kinesis = LocalKinesis.start(options);
    KinesisRig rig = new KinesisRig(kinesis.endpoint());
    rig.closers.addFirst(kinesis::close);
    return rig;
  }

  static KinesisRig localOrConfigured() {
    String other = System.getProperty(ENDPOINT_PROPERTY, "");
    return other.isEmpty()
        ? local(LocalKinesis.Options.defaults())
        : new KinesisRig(URI.create(other));
  }

  /** A client that never retries, so that every refusal is seen. */
  private KinesisClient newClient() {
    return KinesisClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(credentials())
        .httpClientBuilder(ApacheHttpClient.builder())
        .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry()))
        .build();
  }

  KinesisAsyncClient async(Protocol protocol) {
    return kept(
        KinesisAsyncClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(credentials())
            .httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(protocol))
            .build());
  }

  private AwsCredentialsProvider credentials() {
    boolean amazon = endpoint.getHost().endsWith("amazonaws.com");
    return amazon
        ? DefaultCredentialsProvider.builder().build()
        : StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
  }

  private <T extends SdkAutoCloseable> T kept(T resource) {
    closers.add(resource::close);
    return resource;
  }

  KinesisClient client() {
    return client;
  }

  URI endpoint() {
    return endpoint;
  }

  static String freshName() {
    return "contract-" + UUID.randomUUID();
  }

  String stream(int shards) {
    String name = freshName();
    client.createStream(r -> r.streamName(name).shardCount(shards));
    awaitActive(name);
    return name;
  }

  void awaitActive(String stream) {
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() ->
            client
                    .describeStreamSummary(r -> r.streamName(stream))
                    .streamDescriptionSummary()
                    .streamStatus()
                == StreamStatus.ACTIVE);
  }

  String arn(String stream) {
    return client
        .describeStreamSummary(r -> r.streamName(stream))
        .streamDescriptionSummary()
        .streamARN();
  }

  List<Shard> shards(String stream) {
    return client.listShards(r -> r.streamName(stream)).shards();
  }

  List<Shard> openShards(String stream) {
    return shards(stream).stream()
        .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null)
        .toList();
  }

  static SdkBytes bytes(String text) {
    return SdkBytes.fromString(text, StandardCharsets.UTF_8);
  }

  static PutRecordsRequestEntry entry(String key, String text) {
    return PutRecordsRequestEntry.builder().partitionKey(key).data(bytes(text)).build();
  }

  /** Puts one record and returns its sequence number. */
  String put(String stream, String key, String text) {
    return client
        .putRecord(r -> r.streamName(stream).partitionKey(key).data(bytes(text)))
        .sequenceNumber();
  }

  String iterator(String stream, String shard, ShardIteratorType type) {
    return client
        .getShardIterator(r -> r.streamName(stream).shardId(shard).shardIteratorType(type))
        .shardIterator();
  }

  GetRecordsResponse get(String iterator) {
    return client.getRecords(r -> r.shardIterator(iterator));
  }

  /** Everything in a shard from its beginning to its tip or end. */
  List<String> texts(String stream, String shard) {
    return readFrom(iterator(stream, shard, ShardIteratorType.TRIM_HORIZON)).stream()
        .map(KinesisRig::text)
        .toList();
  }

  /** Everything from an iterator on, to the tip or the end of the shard. */
  List<Record> readFrom(String iterator) {
    List<Record> found = new ArrayList<>();
    String next = iterator;
    while (next != null) {
      GetRecordsResponse response = get(next);
      found.addAll(response.records());
      next = response.millisBehindLatest() == 0 ? null : response.nextShardIterator();
    }
    return found;
  }

  static String text(Record record) {
    return record.data().asUtf8String();
  }

  void split(String stream, String shard, String boundary) {
    client.splitShard(r -> r.streamName(stream).shardToSplit(shard).newStartingHashKey(boundary));
    awaitActive(stream);
  }

  void merge(String stream, String shard, String adjacent) {
    client.mergeShards(
        r -> r.streamName(stream).shardToMerge(shard).adjacentShardToMerge(adjacent));
    awaitActive(stream);
  }

  String iteratorAt(String stream, ShardIteratorType type, String sequenceNumber) {
    return client
        .getShardIterator(r ->
            r.streamName(stream)
                .shardId("shardId-000000000000")
                .shardIteratorType(type)
                .startingSequenceNumber(sequenceNumber))
        .shardIterator();
  }

  String iteratorAt(String stream, Instant time) {
    return client
        .getShardIterator(r ->
            r.streamName(stream)
                .shardId("shardId-000000000000")
                .shardIteratorType(ShardIteratorType.AT_TIMESTAMP)
                .timestamp(time))
        .shardIterator();
  }

  GetRecordsResponse readToEnd(String iterator) {
    GetRecordsResponse response = get(iterator);
    while (response.nextShardIterator() != null) {
      response = get(response.nextShardIterator());
    }
    return response;
  }

  @Override
  public void close() {
    closers.reversed().forEach(Runnable::run);
  }
}
