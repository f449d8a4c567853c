package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.aws.AwsClients;
import io.timebridge.lag.ProcessStatus;
import io.timebridge.lag.Sample;
import io.timebridge.lag.ShardStatus;
import io.timebridge.lag.aws.StatusRows;
import io.timebridge.lag.aws.UnownedShards;
import io.timebridge.local.sim.Http;
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
import java.io.StringWriter;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
 * {@code lag} as a person types it, beside workers that work, stand still, die, or are not there;
 * its figures are held to a reader of this test's own, who counts what lies after the checkpoints.
 */
class LagTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final StreamName JOBS = StreamName.JOB_EVENTS;

  @TempDir static Path folder;

  private static AdminRig rig;
  private static KinesisClient kinesis;
  private static DynamoDbClient dynamoDb;

  @BeforeAll
  static void start() throws IOException {
    rig = new AdminRig(folder);
    AwsClients aws = new AwsClients(rig.settings.aws());
    kinesis = aws.kinesis();
    dynamoDb = aws.dynamoDb();
  }

  @AfterAll
  static void stop() {
    kinesis.close();
    dynamoDb.close();
    rig.close();
  }

  /** What one look showed, and when it began and ended. */
  private record Look(int exit, JsonNode json, Instant began, Instant ended) {
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
  private static final class Deployment {
    final Path config;
    final Settings settings;

    /** Everybody who handles a record takes a permit from it, and gives it back. */
    final Semaphore gate = new Semaphore(1_000);

    final AtomicInteger handled = new AtomicInteger();

    Deployment(String prefix) throws IOException {
      rig.aws.createResources(new Names(prefix), 1);
      config =
          rig.config(
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
      AdminRig.Ran ran = rig.run(config, arguments.toArray(String[]::new));
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
  private static void assertBehindSince(Look look, List<Record> after) {
    Instant arrived = after.getFirst().approximateArrivalTimestamp();
    assertThat(look.shard().path("behindEstimated").asBoolean(true)).isFalse();
    assertThat(Duration.ofMillis(look.shard().path("behindMillis").asLong()))
        .isBetween(
            Duration.between(arrived, look.began()).minusMillis(1),
            Duration.between(arrived, look.ended()).plusMillis(1));
  }

  @Test
  void agrees_with_what_is_there_when_idle_then_one_record_then_a_burst_that_stands_still()
      throws Exception {
    Deployment deployment = new Deployment("lag-a-");
    try (WorkerMain.Running worker = deployment.worker()) {
      assertThat(worker.isRunning()).isTrue();
      Look idle = deployment.awaitLag(look -> look.exit() == 0);
      assertThat(idle.state()).isEqualTo("IDLE");
      assertThat(idle.records()).isZero();
      assertThat(idle.shard().path("behindMillis").asLong(-1)).isZero();
      assertThat(idle.shard().path("drain").asString("")).isEqualTo("nothing");

      deployment.put(0, 1);
      await().atMost(PATIENCE).until(() -> deployment.handled.get() == 1);
      Look one = deployment.awaitLag(look -> look.records() == 0);
      assertThat(one.state()).isEqualTo("OK");
      assertThat(one.exit()).isZero();
      assertThat(one.shard().has("lastArrival")).isTrue();

      deployment.block();
      deployment.put(1, 50);
      Look burst = deployment.lag();
      List<Record> after = deployment.after(burst.shard().path("shard").asString(""));
      assertThat(after).hasSize(50 + 1 - deployment.handled.get());
      assertThat(burst.records()).isEqualTo(after.size());
      assertBehindSince(burst, after);
      assertThat(burst.state()).isNotEqualTo("STALLED");

      Look stalled =
          deployment.awaitLag(look ->
              look.shard().path("held").asInt() == 50
                  && look.shard().path("inFlight").asInt() == 50);
      assertThat(stalled.exit()).as("not for long enough to say so").isLessThan(2);
      assertThat(stalled.records()).isEqualTo(after.size());
      assertBehindSince(stalled, after);
      assertThat(stalled.shard().path("held").asInt()).isEqualTo(50);
      assertThat(stalled.shard().path("inFlight").asInt()).isEqualTo(50);
      assertThat(stalled.shard().path("oldestKey").path("key").asString(""))
          .isEqualTo(after.getFirst().partitionKey());
      assertThat(stalled.shard().path("drain").asString("")).isEqualTo("never");
      assertThat(stalled.json().path("processes").path(0).path("alive").asBoolean()).isTrue();

      throttled();
      Look unread = deployment.lag();
      assertThat(unread.shard().path("note").asString("")).contains("throttled");
      assertThat(unread.state()).as("by the word of its worker").isNotEqualTo("UNKNOWN");
      assertThat(unread.shard().path("behindMillis").asLong())
          .isGreaterThanOrEqualTo(stalled.shard().path("behindMillis").asLong());
      unthrottled();

      deployment.unblock();
      Look done = deployment.awaitLag(look -> look.exit() == 0 && look.records() == 0);
      assertThat(deployment.handled).hasValue(51);
      assertThat(done.shard().path("outPerSecond").asDouble(0)).isPositive();
    }
    Look stopped = deployment.lag();
    assertThat(stopped.state()).isEqualTo("NO_OWNER");
    assertThat(stopped.records()).isZero();
    assertThat(stopped.json().path("processes")).as("a process that stops says so").isEmpty();
  }

  private static void throttled() throws Exception {
    faults("POST", "{\"op\":\"GetRecords\",\"action\":\"throttle\"}");
  }

  private static void unthrottled() throws Exception {
    faults("DELETE", "");
  }

  private static void faults(String method, String body) throws Exception {
    new Http(rig.aws.endpoints().get("kinesis"))
        .send(method, "/__admin/faults", body, Map.of("Content-Type", "application/json"));
  }

  @Test
  void counts_what_waits_when_no_worker_ever_ran_and_estimates_what_is_too_much_to_read()
      throws Exception {
    Deployment deployment = new Deployment("lag-b-");
    Look empty = deployment.lag();
    assertThat(empty.exit()).isEqualTo(2);
    assertThat(empty.state()).isEqualTo("NO_OWNER");
    assertThat(empty.records()).isZero();
    assertThat(empty.json().path("processes")).isEmpty();

    deployment.put(0, 3);
    Look few = deployment.lag();
    List<Record> after = deployment.after(few.shard().path("shard").asString(""));
    assertThat(few.records()).isEqualTo(after.size()).isEqualTo(3);
    assertBehindSince(few, after);
    assertThat(few.shard().path("drain").asString("")).isEqualTo("never");

    deployment.put(3, 1_500);
    Look many = deployment.lag();
    assertThat(many.shard().path("recordsEstimated").asBoolean()).isTrue();
    assertThat(many.shard().path("records").asLong()).isGreaterThanOrEqualTo(1_000);
    assertBehindSince(many, after);
    AdminRig.Ran text = rig.run(deployment.config, "lag");
    assertThat(text.exit()).isEqualTo(2);
    assertThat(text.out())
        .contains("NO OWNER", "ever taken", "processes: none", "parked: nothing", "~");
  }

  @Test
  void a_split_shard_is_worked_off_then_closed_and_never_stalled() throws Exception {
    Deployment deployment = new Deployment("lag-c-");
    try (WorkerMain.Running worker = deployment.worker()) {
      assertThat(worker.isRunning()).isTrue();
      deployment.awaitLag(look -> look.exit() == 0);
      deployment.block();
      deployment.put(0, 7);
      Shard parent = deployment.shards().getFirst();
      deployment.split(parent);
      Look split = deployment.awaitLag(look -> look.application().path("shards").size() == 3);
      split
          .application()
          .path("shards")
          .forEach(shard -> {
            boolean its = shard.path("shard").asString("").equals(parent.shardId());
            assertThat(shard.path("records").asLong(-1)).isEqualTo(its ? 7 : 0);
            if (!its) {
              assertThat(shard.path("state").asString("")).isEqualTo("WAITING");
            }
          });
      deployment.unblock();
      List<String> parentStates = new ArrayList<>();
      Look after =
          deployment.awaitLag(look -> {
            look.application()
                .path("shards")
                .forEach(shard -> {
                  if (shard.path("shard").asString("").equals(parent.shardId())) {
                    parentStates.add(shard.path("state").asString(""));
                  }
                });
            return look.exit() == 0
                && look.application()
                        .path("shards")
                        .valueStream()
                        .filter(
                            s -> s.has("owner") && !s.path("state").asString("").equals("WAITING"))
                        .filter(s -> !s.path("shard").asString("").equals(parent.shardId()))
                        .count()
                    == 2;
          });
      assertThat(parentStates).doesNotContain("STALLED");
      after
          .application()
          .path("shards")
          .forEach(
              shard -> assertThat(shard.path("state").asString("")).isIn("IDLE", "OK", "CLOSED"));
      assertThat(deployment.handled).hasValue(7);
    }
  }

  @Test
  void a_frozen_and_a_killed_worker_own_nothing_until_one_comes_that_lives() throws Exception {
    Deployment deployment = new Deployment("lag-d-");
    try (Processes processes = new Processes(folder)) {
      Processes.Started worker =
          processes.start("worker", "--config", deployment.config.toString());
      deployment.awaitLag(look -> look.exit() == 0);

      signal("STOP", worker);
      Look frozen = deployment.lag();
      assertThat(frozen.exit()).isEqualTo(2);
      assertThat(frozen.state()).isEqualTo("NO_OWNER");
      assertThat(frozen.shard().path("why").asString("")).contains("not renewed");
      deployment.put(0, 5);
      Look waiting = deployment.lag();
      assertThat(waiting.records()).isEqualTo(5);
      signal("CONT", worker);
      deployment.awaitLag(look -> look.exit() == 0);

      worker.kill();
      deployment.put(5, 2);
      Look killed = deployment.awaitLag(look -> look.state().equals("NO_OWNER"));
      List<Record> after = deployment.after(killed.shard().path("shard").asString(""));
      assertThat(killed.records()).isEqualTo(after.size());
      assertBehindSince(killed, after);
      UnownedShards outside =
          new UnownedShards(
              deployment.settings,
              JOBS,
              kinesis,
              kinesis,
              dynamoDb,
              InstantSource.system(),
              System::nanoTime);
      await().atMost(PATIENCE).until(() -> outside.look().isAll());
      assertThat(outside.look().worst().orElseThrow().behind())
          .isGreaterThanOrEqualTo(
              Duration.between(after.getFirst().approximateArrivalTimestamp(), killed.ended()));
      deployment.awaitLag(look -> !look.json().path("processes").path(0).path("alive").asBoolean());
    }
    try (WorkerMain.Running successor = deployment.worker()) {
      assertThat(successor.isRunning()).isTrue();
      Look taken = deployment.awaitLag(look -> look.exit() == 0 && look.records() == 0);
      assertThat(taken.json().path("processes")).as("the dead one, and this").hasSize(2);
    }
  }

  private static void signal(String name, Processes.Started worker) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(worker.process().pid()))
                .start()
                .waitFor())
        .isZero();
  }

  @Test
  void a_worker_of_a_thousand_shards_tells_of_all_and_is_forgotten_when_it_is_silent()
      throws Exception {
    StatusRows rows = new StatusRows(dynamoDb, rig.settings.names());
    Instant at = Instant.parse("2026-03-01T12:00:00Z");
    ProcessStatus large = process("a:1:x", at, 1_000);
    ProcessStatus small = process("b:2:y", at.plusSeconds(1), 1);
    int parts = rows.write(large);
    assertThat(parts).isGreaterThan(1);
    rows.write(small);
    assertThat(rows.read()).containsExactlyInAnyOrder(large, small);

    ProcessStatus smaller = process("a:1:x", at.plusSeconds(2), 1);
    assertThat(rows.write(smaller)).isEqualTo(1);
    assertThat(rows.read()).as("without older parts").containsExactlyInAnyOrder(smaller, small);

    rows.removeBefore(at.plusSeconds(2));
    assertThat(rows.read()).containsExactly(smaller);
    rows.remove("a:1:x", parts);
    assertThat(rows.read()).isEmpty();
  }

  private static ProcessStatus process(String worker, Instant at, int shards) {
    List<Sample> window = new ArrayList<>();
    for (int i = 9; i >= 0; i--) {
      window.add(new Sample(at.minusSeconds(i), Duration.ofSeconds(i), 1_000 + i, 999 + i, i));
    }
    List<ShardStatus> all = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      all.add(
          new ShardStatus(
              "shardId-%012d".formatted(i),
              1,
              2,
              Optional.empty(),
              Optional.of("4".repeat(56)),
              Optional.of(at),
              window));
    }
    return new ProcessStatus(
        worker,
        "1",
        at,
        at,
        Duration.ofSeconds(5),
        List.of(),
        Map.of("application", all),
        Map.of());
  }

  @Test
  void watches_until_it_is_interrupted_and_ends_with_the_last_state() throws Exception {
    Deployment deployment = new Deployment("lag-e-");
    StringWriter out = new StringWriter();
    AtomicInteger exit = new AtomicInteger(-1);
    Thread watch =
        Thread.ofPlatform()
            .start(() ->
                exit.set(
                    rig.run(deployment.config, out, new StringWriter(), "lag", "--watch", "--json")
                        .exit()));
    await().atMost(PATIENCE).until(() -> out.toString().lines().count() >= 2);
    watch.interrupt();
    watch.join();
    assertThat(exit).hasValue(2);
    assertThat(out.toString().lines())
        .allSatisfy(line -> assertThat(AdminRig.JSON.readTree(line).has("state")).isTrue());
  }

  @Test
  void says_64_to_options_and_settings_that_cannot_be_used() throws Exception {
    Path config = rig.config(Map.of());
    assertThat(rig.run(config, "lag", "--app", "time").exit()).isEqualTo(64);
    assertThat(rig.run(config, "lag", "--nonsense").exit()).isEqualTo(64);
    assertThat(rig.run(rig.config(Map.of("worker.failover", "0s")), "lag").exit()).isEqualTo(64);
    AdminRig.Ran nowhere =
        rig.run(rig.config(Map.of("aws.endpoints.kinesis", "http://127.0.0.1:9")), "lag");
    assertThat(nowhere.exit()).isEqualTo(69);
    assertThat(nowhere.err()).contains("repeated");
  }
}
