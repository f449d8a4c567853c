package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.aws.AwsClients;
import io.timebridge.lag.aws.UnownedShards;
import io.timebridge.local.kinesis.LocalKinesis;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.processors.Wiring;
import io.timebridge.processors.WorkerMain;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Names;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import tools.jackson.databind.JsonNode;

/**
 * Deployments to look at with {@code lag}, and a reader of its own, which counts what lies after
 * the checkpoints.
 */
final class LagRig implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final StreamName JOBS = StreamName.JOB_EVENTS;

  final AdminRig admin;
  final KinesisClient kinesis;
  final DynamoDbClient dynamoDb;
  private final Path folder;

  LagRig(Path folder, LocalKinesis.Options options) throws IOException {
    this.folder = folder;
    this.admin = new AdminRig(folder, options);
    AwsClients aws = new AwsClients(admin.settings.aws());
    this.kinesis = aws.kinesis();
    this.dynamoDb = aws.dynamoDb();
  }

  @Override
  public void close() {
    kinesis.close();
    dynamoDb.close();
    admin.close();
  }

  Deployment deployment(String prefix) throws IOException {
    return new Deployment(prefix);
  }

  /** What one look showed, and when it began and ended. */
  record Look(int exit, JsonNode json, Instant began, Instant ended) {
    JsonNode application() {
      return json.path("applications").path(0);
    }

    JsonNode shard() {
      assertThat(application().path("shards")).as("%s", json).hasSize(1);
      return application().path("shards").path(0);
    }

    String state() {
      return shard().path("state").asString("");
    }

    long records() {
      assertThat(shard().path("recordsEstimated").asBoolean(true)).as("%s", json).isFalse();
      return shard().path("records").asLong(-1);
    }
  }

  /** Streams and tables of its own. */
  final class Deployment {
    final Path config;
    final Settings settings;

    /** Everybody who handles a record takes a permit from it, and gives it back. */
    final Semaphore gate = new Semaphore(1_000);

    final AtomicInteger handled = new AtomicInteger();

    private Deployment(String prefix) throws IOException {
      admin.aws.createResources(new Names(prefix), 1);
      config =
          admin.config(
              Map.of(
                  "name-prefix", prefix,
                  "worker.apps", "jobs",
                  "worker.status-every", "500ms",
                  "worker.failover", "1s",
                  "worker.checkpoint-every", "100ms"));
      settings =
          SettingsLoader.standard(folder, Optional.of(config), Map.of())
              .load((a, p) -> Map.of())
              .settings();
    }

    String stream() {
      return settings.names().stream(JOBS);
    }

    /** In this process. */
    WorkerMain.Running worker() {
      Handler<StreamRecord> handler =
          (key, records) -> {
            gate.acquire();
            gate.release();
            handled.addAndGet(records.size());
            return new Outcome.Applied("");
          };
      return WorkerMain.start(
          settings,
          new Wiring(
              UnaryOperator.identity(),
              UnaryOperator.identity(),
              UnaryOperator.identity(),
              UnaryOperator.identity(),
              UnaryOperator.identity(),
              UnaryOperator.identity(),
              (stream, its) -> handler,
              Wiring.plain().checkpoints()));
    }

    void block() throws InterruptedException {
      gate.acquire(1_000);
    }

    void unblock() {
      gate.release(1_000);
    }

    /** Puts records, each of a key of its own. */
    void put(int from, int count) {
      for (int at = from; at < from + count; at += 500) {
        List<PutRecordsRequestEntry> entries = new ArrayList<>();
        for (int i = at; i < Math.min(at + 500, from + count); i++) {
          String key = "job-" + i;
          Envelope envelope =
              new Envelope(
                  "id-" + i,
                  Envelope.Source.TIMEBRIDGE,
                  Route.JOB_CHANGE,
                  key,
                  Instant.now().truncatedTo(ChronoUnit.MILLIS),
                  Map.of(),
                  "{}".getBytes(StandardCharsets.UTF_8),
                  null);
          entries.add(
              PutRecordsRequestEntry.builder()
                  .partitionKey(key)
                  .data(SdkBytes.fromByteArray(EnvelopeCodec.encode(envelope)))
                  .build());
        }
        await()
            .atMost(PATIENCE)
            .until(() ->
                kinesis.putRecords(r -> r.streamName(stream()).records(entries)).failedRecordCount()
                    == 0);
      }
    }

    Look lag(String... more) {
      List<String> arguments = new ArrayList<>(List.of("lag", "--json"));
      arguments.addAll(List.of(more));
      Instant began = Instant.now();
      AdminRig.Ran ran = admin.run(config, arguments.toArray(String[]::new));
      assertThat(ran.exit()).as(ran.err()).isBetween(0, 2);
      return new Look(ran.exit(), ran.json(), began, Instant.now());
    }

    Look awaitLag(Predicate<Look> wanted) {
      return await().atMost(PATIENCE).until(this::lag, wanted);
    }

    /** What lies after the checkpoint of a shard, as this test itself reads it. */
    List<Record> after(String shard) {
      Map<String, AttributeValue> lease =
          dynamoDb
              .getItem(r ->
                  r.tableName(settings.names().application(JOBS))
                      .key(Map.of("leaseKey", AttributeValue.fromS(shard)))
                      .consistentRead(true))
              .item();
      String checkpoint = lease.isEmpty() ? "TRIM_HORIZON" : lease.get("checkpoint").s();
      BigInteger done =
          checkpoint.equals("TRIM_HORIZON") ? BigInteger.ZERO : new BigInteger(checkpoint);
      List<Record> after = new ArrayList<>();
      String iterator =
          kinesis
              .getShardIterator(r ->
                  r.streamName(stream())
                      .shardId(shard)
                      .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
              .shardIterator();
      while (iterator != null) {
        String at = iterator;
        GetRecordsResponse answer = kinesis.getRecords(r -> r.shardIterator(at));
        answer.records().stream()
            .filter(r -> new BigInteger(r.sequenceNumber()).compareTo(done) > 0)
            .forEach(after::add);
        iterator = answer.millisBehindLatest() == 0 ? null : answer.nextShardIterator();
      }
      return after;
    }

    UnownedShards unowned() {
      return new UnownedShards(
          settings, JOBS, kinesis, kinesis, dynamoDb, InstantSource.system(), System::nanoTime);
    }

    List<Shard> shards() {
      return kinesis.listShards(r -> r.streamName(stream())).shards();
    }

    void split(Shard shard) {
      BigInteger middle =
          new BigInteger(shard.hashKeyRange().startingHashKey())
              .add(new BigInteger(shard.hashKeyRange().endingHashKey()))
              .shiftRight(1);
      kinesis.splitShard(r ->
          r.streamName(stream())
              .shardToSplit(shard.shardId())
              .newStartingHashKey(middle.toString()));
    }
  }

  /** As long ago as the first of the records arrived, counted from somewhere in the look. */
  static void assertBehindSince(Look look, List<Record> after) {
    Instant arrived = after.getFirst().approximateArrivalTimestamp();
    assertThat(look.shard().path("behindEstimated").asBoolean(true)).isFalse();
    assertThat(Duration.ofMillis(look.shard().path("behindMillis").asLong()))
        .isBetween(
            Duration.between(arrived, look.began()).minusMillis(1),
            Duration.between(arrived, look.ended()).plusMillis(1));
  }
}
