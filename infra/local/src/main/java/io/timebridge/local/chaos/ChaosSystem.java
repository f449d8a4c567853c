package io.timebridge.local.chaos;

import io.timebridge.aws.RequiredResources;
import io.timebridge.ingest.gateway.GatewayMain;
import io.timebridge.local.aws.LocalAws;
import io.timebridge.local.sim.http.Json;
import io.timebridge.local.system.Ports;
import io.timebridge.local.system.SettingsText;
import io.timebridge.local.system.Simulators;
import io.timebridge.local.system.Webhooks;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.TaskMapping;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** Everything but workers and pollers, in this process: AWS, both services, and the gateway. */
final class ChaosSystem implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChaosSystem.class);
  private static final int SHARDS = 2;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Map<String, String> byKey = new LinkedHashMap<>();
  private final LocalAws aws;
  private final Simulators simulators;
  private final Settings settings;
  private final KinesisClient kinesis;
  private final DynamoDbClient dynamoDb;
  private final HttpClient http;

  /** {@code quick}: settings by key, over those of this system. */
  ChaosSystem(long seed, Map<String, String> quick) throws IOException, InterruptedException {
    try {
      aws = part(LocalAws.start());
      simulators =
          part(
              Simulators.start(
                  Ports.ANY, new Simulators.Behaviour(seed, Duration.ofSeconds(20), 5, 40, 12)));
      byKey.putAll(quick);
      byKey.putAll(SettingsText.aws(aws.endpoints()));
      byKey.putAll(simulators.settings());
      byKey.put("gateway.port", "0");
      byKey.put("worker.apps", "timesheets, jobs");
      Settings wanted = load(byKey);
      aws.createResources(wanted.names(), SHARDS);
      GatewayMain.Running gateway = part(GatewayMain.start(wanted));
      byKey.put("gateway.port", Integer.toString(gateway.address().getPort()));
      settings = load(byKey);
      Webhooks.register(gateway.address(), byKey);
      kinesis = part(aws.clients().kinesis());
      dynamoDb = part(aws.clients().dynamoDb());
      http = part(HttpClient.newHttpClient());
    } catch (IOException | InterruptedException | RuntimeException notStarted) {
      close();
      throw notStarted;
    }
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.push(part);
    return part;
  }

  private static Settings load(Map<String, String> byKey) {
    return new SettingsLoader().values(byKey, "chaos").load((where, path) -> Map.of()).settings();
  }

  Settings settings() {
    return settings;
  }

  Simulators simulators() {
    return simulators;
  }

  /** The settings of a worker or poller, with doors of its own into both services. */
  Map<String, String> ownSettings() throws IOException {
    Map<String, String> settings = new HashMap<>(byKey);
    settings.putAll(simulators.openDoors());
    return settings;
  }

  /** What a person does once: says which label is which task. */
  void map(Map<Long, String> labelTasks) throws EntryStore.Unavailable {
    DynamoDbTaskMapping mapping =
        new DynamoDbTaskMapping(dynamoDb, settings.names(), InstantSource.system());
    for (Map.Entry<Long, String> label : labelTasks.entrySet()) {
      mapping.map(label.getKey(), new TaskMapping.TaskRef.ByName(label.getValue()), "chaos");
    }
  }

  /** DynamoDB refuses that share of the calls until it is set to 0. */
  void throttleDynamoDb(double share, long seed) {
    aws.throttleDynamoDb(share, seed);
  }

  /** Kinesis refuses that share of the calls, and of the records of others, until it is calmed. */
  void throttleKinesis(double share, long seed) throws IOException, InterruptedException {
    int drawn = (int) (seed & 0xffff);
    fault("PutRecords", "partial-fail", share, drawn);
    fault("PutRecords", "throttle", share / 2, drawn + 1);
    fault("PutRecord", "throttle", share, drawn + 2);
    fault("GetRecords", "throttle", share / 2, drawn + 3);
  }

  private void fault(String op, String action, double share, int seed)
      throws IOException, InterruptedException {
    admin(
        "POST",
        Json.text(
            Json.object()
                .put("op", op)
                .put("action", action)
                .put("probability", share)
                .put("seed", seed)));
  }

  void calmKinesis() throws IOException, InterruptedException {
    admin("DELETE", "");
  }

  private void admin(String method, String body) throws IOException, InterruptedException {
    URI endpoint = Objects.requireNonNull(aws.endpoints().get("kinesis"));
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(endpoint.resolve("/__admin/faults"))
                .timeout(Duration.ofSeconds(10))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IOException("Kinesis did not take a fault: " + answer.body());
    }
  }

  /** Whether no key is parked. */
  boolean nothingWaits() {
    return Stream.of("owed", "sent", "dead")
        .allMatch(wake ->
            dynamoDb
                .query(r ->
                    r.tableName(settings.names().table(TableName.TIMESHEET_ENTRIES))
                        .indexName(RequiredResources.WAKE_INDEX.name())
                        .keyConditionExpression("wake = :wake")
                        .expressionAttributeValues(Map.of(":wake", AttributeValue.fromS(wake)))
                        .limit(1))
                .items()
                .isEmpty());
  }

  /** Whether nothing stands in the workers' streams behind the positions they have written. */
  boolean drained(Map<Workers.Shard, BigInteger> checkpoints) {
    return drained(StreamName.TIMESHEET_EVENTS, checkpoints)
        && drained(StreamName.JOB_EVENTS, checkpoints);
  }

  private boolean drained(StreamName stream, Map<Workers.Shard, BigInteger> checkpoints) {
    String name = settings.names().stream(stream);
    for (Shard shard : kinesis.listShards(r -> r.streamName(name)).shards()) {
      BigInteger at = checkpoints.get(new Workers.Shard(stream.streamName(), shard.shardId()));
      GetShardIteratorRequest.Builder from =
          GetShardIteratorRequest.builder().streamName(name).shardId(shard.shardId());
      if (at == null) {
        from.shardIteratorType(ShardIteratorType.TRIM_HORIZON);
      } else {
        from.shardIteratorType(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
            .startingSequenceNumber(at.toString());
      }
      String iterator = kinesis.getShardIterator(from.build()).shardIterator();
      if (!kinesis.getRecords(r -> r.shardIterator(iterator).limit(1)).records().isEmpty()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) { // the edge of a part: the others still have to be stopped
        LOG.warn("{} did not stop cleanly", part.getClass().getSimpleName(), e);
      }
    }
    parts.clear();
  }
}
