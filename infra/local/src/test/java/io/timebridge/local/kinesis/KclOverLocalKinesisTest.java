package io.timebridge.local.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.common.KinesisClientUtil;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/**
 * The real Kinesis Client Library, with the HTTP/2 client it makes for itself, follows a stream of
 * ours through a split and a merge. Takes up to a minute.
 */
@Tag("long")
class KclOverLocalKinesisTest {

  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));

  private final KinesisRig rig = KinesisRig.local(LocalKinesis.Options.defaults());
  private final Server dynamo = new Server();
  private final Map<String, List<String>> byKey = new ConcurrentHashMap<>();

  @BeforeEach
  void startDynamo() throws Exception {
    ServerConnector connector = new ServerConnector(dynamo);
    connector.setHost("127.0.0.1");
    dynamo.addConnector(connector);
    ContextHandler root = new ContextHandler("/");
    root.setHandler(
        new LocalDynamoDBServerHandler(
            new LocalDynamoDBRequestHandler(0, true, null, true, false), null));
    dynamo.setHandler(root);
    dynamo.start();
  }

  @AfterEach
  void stop() throws Exception {
    dynamo.stop();
    rig.close();
  }

  @Test
  void reads_every_record_once_in_order_across_a_split_and_a_merge() throws Exception {
    String stream = rig.stream(2);
    List<String> expected = new ArrayList<>();
    send(stream, "a", expected);
    Scheduler scheduler = scheduler(stream);
    Thread.ofVirtual().start(scheduler);
    try {
      awaitEverywhere(expected);
      rig.client()
          .splitShard(r ->
              r.streamName(stream)
                  .shardToSplit("shardId-000000000000")
                  .newStartingHashKey("1".repeat(38)));
      send(stream, "b", expected);
      awaitEverywhere(expected);
      rig.client()
          .mergeShards(r ->
              r.streamName(stream)
                  .shardToMerge("shardId-000000000003")
                  .adjacentShardToMerge("shardId-000000000001"));
      send(stream, "c", expected);
      awaitEverywhere(expected);
    } finally {
      scheduler.startGracefulShutdown().get(30, TimeUnit.SECONDS);
    }
  }

  /** Sends ten records for each of twenty keys, and notes what each key is to have received. */
  private void send(String stream, String round, List<String> expected) {
    for (int i = 0; i < 10; i++) {
      String value = round + i;
      expected.add(value);
      rig.client()
          .putRecords(r ->
              r.streamName(stream)
                  .records(
                      IntStream.range(0, 20)
                          .mapToObj(k -> KinesisRig.entry("key-" + k, value))
                          .toList()));
    }
  }

  private void awaitEverywhere(List<String> expected) {
    await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(() -> {
          assertThat(byKey).hasSize(20);
          byKey.forEach((key, values) -> assertThat(values).as(key).isEqualTo(expected));
        });
  }

  private Scheduler scheduler(String stream) {
    KinesisAsyncClient kinesis =
        KinesisClientUtil.createKinesisAsyncClient(
            KinesisAsyncClient.builder()
                .endpointOverride(rig.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(CREDENTIALS));
    CloudWatchAsyncClient unused =
        CloudWatchAsyncClient.builder()
            .endpointOverride(URI.create("http://127.0.0.1:1"))
            .region(Region.US_EAST_1)
            .credentialsProvider(CREDENTIALS)
            .build();
    ConfigsBuilder configs =
        new ConfigsBuilder(
            new SingleStreamTracker(
                stream,
                InitialPositionInStreamExtended.newInitialPosition(
                    InitialPositionInStream.TRIM_HORIZON)),
            "kcl-test",
            kinesis,
            DynamoDbAsyncClient.builder()
                .endpointOverride(dynamo.getURI())
                .region(Region.US_EAST_1)
                .credentialsProvider(CREDENTIALS)
                .build(),
            unused,
            "worker",
            Collector::new);
    var leases =
        configs
            .leaseManagementConfig()
            .failoverTimeMillis(2_000)
            .shardSyncIntervalMillis(1_000)
            .leaseAssignmentIntervalMillis(500L)
            .listShardsBackoffTimeInMillis(200)
            .dynamoDbLockBasedLeaderLeaseDurationInMillis(3_000)
            .dynamoDbLockBasedLeaderHeartbeatPeriodInMillis(1_000)
            .leasesRecoveryAuditorExecutionFrequencyMillis(2_000)
            .leasesRecoveryAuditorInconsistencyConfidenceThreshold(1);
    leases.workerUtilizationAwareAssignmentConfig().disableWorkerMetrics(true);
    return new Scheduler(
        configs.checkpointConfig(),
        configs
            .coordinatorConfig()
            .parentShardPollIntervalMillis(200)
            .shardConsumerDispatchPollIntervalMillis(100),
        leases,
        configs.lifecycleConfig(),
        configs.metricsConfig().metricsFactory(new NullMetricsFactory()),
        configs.processorConfig(),
        configs
            .retrievalConfig()
            .retrievalSpecificConfig(
                new PollingConfig(stream, kinesis).idleTimeBetweenReadsInMillis(200)));
  }

  private final class Collector implements ShardRecordProcessor {

    @Override
    public void initialize(InitializationInput input) {}

    @Override
    public void processRecords(ProcessRecordsInput input) {
      input
          .records()
          .forEach(r ->
              byKey
                  .computeIfAbsent(r.partitionKey(), k -> new CopyOnWriteArrayList<>())
                  .add(StandardCharsets.UTF_8.decode(r.data()).toString()));
    }

    @Override
    public void leaseLost(LeaseLostInput input) {}

    @Override
    public void shardEnded(ShardEndedInput input) {
      try {
        input.checkpointer().checkpoint();
      } catch (ShutdownException | InvalidStateException unexpected) {
        throw new AssertionError(unexpected);
      }
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
      try {
        input.checkpointer().checkpoint();
      } catch (ShutdownException | InvalidStateException unexpected) {
        throw new AssertionError(unexpected);
      }
    }
  }
}
