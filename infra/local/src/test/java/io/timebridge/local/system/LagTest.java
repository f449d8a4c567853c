package io.timebridge.local.system;

import static io.timebridge.local.system.LagRig.PATIENCE;
import static io.timebridge.local.system.LagRig.assertBehindSince;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.lag.ProcessStatus;
import io.timebridge.lag.Sample;
import io.timebridge.lag.ShardStatus;
import io.timebridge.lag.aws.StatusRows;
import io.timebridge.lag.aws.UnownedShards;
import io.timebridge.local.kinesis.LocalKinesis;
import io.timebridge.local.sim.Http;
import io.timebridge.processors.WorkerMain;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import tools.jackson.databind.JsonNode;

/**
 * {@code lag} as a person types it, beside workers that work, stand still, die, or are not there;
 * its figures are held to a reader of this test's own, who counts what lies after the checkpoints.
 */
class LagTest {
  @TempDir static Path folder;

  private static LagRig rig;

  @BeforeAll
  static void start() throws IOException {
    rig = new LagRig(folder, LocalKinesis.Options.defaults());
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  @Test
  void agrees_with_what_is_there_when_idle_then_one_record_then_a_burst_that_stands_still()
      throws Exception {
    LagRig.Deployment deployment = rig.deployment("lag-a-");
    try (WorkerMain.Running worker = deployment.worker()) {
      assertThat(worker.isRunning()).isTrue();
      LagRig.Look idle = deployment.awaitLag(look -> look.exit() == 0);
      assertThat(idle.state()).isEqualTo("IDLE");
      assertThat(idle.records()).isZero();
      assertThat(idle.shard().path("behindMillis").asLong(-1)).isZero();
      assertThat(idle.shard().path("drain").asString("")).isEqualTo("nothing");

      deployment.put(0, 1);
      await().atMost(PATIENCE).until(() -> deployment.handled.get() == 1);
      LagRig.Look one = deployment.awaitLag(look -> look.records() == 0);
      assertThat(one.state()).isEqualTo("OK");
      assertThat(one.exit()).isZero();
      assertThat(one.shard().has("lastArrival")).isTrue();

      deployment.block();
      deployment.put(1, 50);
      LagRig.Look burst = deployment.lag();
      List<Record> after = deployment.after(burst.shard().path("shard").asString(""));
      assertThat(after).hasSize(50 + 1 - deployment.handled.get());
      assertThat(burst.records()).isEqualTo(after.size());
      assertBehindSince(burst, after);
      assertThat(burst.state()).isNotEqualTo("STALLED");

      LagRig.Look stalled =
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
      LagRig.Look unread = deployment.lag();
      assertThat(unread.shard().path("note").asString("")).contains("throttled");
      assertThat(unread.state()).as("by the word of its worker").isNotEqualTo("UNKNOWN");
      assertThat(unread.shard().path("behindMillis").asLong())
          .isGreaterThanOrEqualTo(stalled.shard().path("behindMillis").asLong());
      unthrottled();

      deployment.unblock();
      LagRig.Look done = deployment.awaitLag(look -> look.exit() == 0 && look.records() == 0);
      assertThat(deployment.handled).hasValue(51);
      assertThat(done.shard().path("outPerSecond").asDouble(0)).isPositive();
    }
    LagRig.Look stopped = deployment.lag();
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
    new Http(rig.admin.aws.endpoints().get("kinesis"))
        .send(method, "/__admin/faults", body, Map.of("Content-Type", "application/json"));
  }

  @Test
  void counts_what_waits_when_no_worker_ever_ran_and_estimates_what_is_too_much_to_read()
      throws Exception {
    LagRig.Deployment deployment = rig.deployment("lag-b-");
    LagRig.Look empty = deployment.lag();
    assertThat(empty.exit()).isEqualTo(2);
    assertThat(empty.state()).isEqualTo("NO_OWNER");
    assertThat(empty.records()).isZero();
    assertThat(empty.json().path("processes")).isEmpty();

    deployment.put(0, 3);
    LagRig.Look few = deployment.lag();
    List<Record> after = deployment.after(few.shard().path("shard").asString(""));
    assertThat(few.records()).isEqualTo(after.size()).isEqualTo(3);
    assertBehindSince(few, after);
    assertThat(few.shard().path("drain").asString("")).isEqualTo("never");

    deployment.put(3, 1_500);
    LagRig.Look many = deployment.lag();
    assertThat(many.shard().path("recordsEstimated").asBoolean()).isTrue();
    assertThat(many.shard().path("records").asLong()).isGreaterThanOrEqualTo(1_000);
    assertBehindSince(many, after);
    AdminRig.Ran text = rig.admin.run(deployment.config, "lag");
    assertThat(text.exit()).isEqualTo(2);
    assertThat(text.out())
        .contains("NO OWNER", "ever taken", "processes: none", "parked: nothing", "~");
  }

  @Test
  void a_split_shard_is_worked_off_then_closed_and_never_stalled() throws Exception {
    LagRig.Deployment deployment = rig.deployment("lag-c-");
    try (WorkerMain.Running worker = deployment.worker()) {
      assertThat(worker.isRunning()).isTrue();
      deployment.awaitLag(look -> look.exit() == 0);
      deployment.block();
      deployment.put(0, 7);
      Shard parent = deployment.shards().getFirst();
      deployment.split(parent);
      LagRig.Look split =
          deployment.awaitLag(look -> look.application().path("shards").size() == 3);
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
      LagRig.Look after =
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
    LagRig.Deployment deployment = rig.deployment("lag-d-");
    try (Processes processes = new Processes(folder)) {
      Processes.Started worker =
          processes.start("worker", "--config", deployment.config.toString());
      deployment.awaitLag(look -> look.exit() == 0);

      signal("STOP", worker);
      LagRig.Look frozen = deployment.lag();
      assertThat(frozen.exit()).isEqualTo(2);
      assertThat(frozen.state()).isEqualTo("NO_OWNER");
      assertThat(frozen.shard().path("why").asString("")).contains("not renewed");
      deployment.put(0, 5);
      LagRig.Look waiting = deployment.lag();
      assertThat(waiting.records()).isEqualTo(5);
      signal("CONT", worker);
      deployment.awaitLag(look -> look.exit() == 0);

      worker.kill();
      deployment.put(5, 2);
      LagRig.Look killed = deployment.awaitLag(look -> look.state().equals("NO_OWNER"));
      List<Record> after = deployment.after(killed.shard().path("shard").asString(""));
      assertThat(killed.records()).isEqualTo(after.size());
      assertBehindSince(killed, after);
      UnownedShards outside = deployment.unowned();
      await().atMost(PATIENCE).until(() -> outside.look().isAll());
      assertThat(outside.look().worst().orElseThrow().behind())
          .isGreaterThanOrEqualTo(
              Duration.between(after.getFirst().approximateArrivalTimestamp(), killed.ended()));
      deployment.awaitLag(look -> !look.json().path("processes").path(0).path("alive").asBoolean());
    }
    try (WorkerMain.Running successor = deployment.worker()) {
      assertThat(successor.isRunning()).isTrue();
      LagRig.Look taken = deployment.awaitLag(look -> look.exit() == 0 && look.records() == 0);
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
    StatusRows rows = new StatusRows(rig.dynamoDb, rig.admin.settings.names());
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

  private record Watched(int exit, List<JsonNode> looks) {}

  /** Watches until it has seen that many looks, and is interrupted then. */
  private static Watched watch(LagRig of, LagRig.Deployment deployment, int looks)
      throws InterruptedException {
    StringWriter out = new StringWriter();
    AtomicInteger exit = new AtomicInteger(-1);
    Thread watch =
        Thread.ofPlatform()
            .start(() ->
                exit.set(
                    of.admin
                        .run(deployment.config, out, new StringWriter(), "lag", "--watch", "--json")
                        .exit()));
    await().atMost(PATIENCE).until(() -> out.toString().lines().count() >= looks);
    watch.interrupt();
    watch.join();
    return new Watched(
        exit.get(), out.toString().lines().map(line -> AdminRig.JSON.readTree(line)).toList());
  }

  @Test
  void watches_until_it_is_interrupted_and_ends_with_the_last_state() throws Exception {
    Watched watched = watch(rig, rig.deployment("lag-e-"), 2);
    assertThat(watched.exit()).isEqualTo(2);
    assertThat(watched.looks()).allSatisfy(look -> assertThat(look.has("state")).isTrue());
  }

  /** A reader that goes away after one line, as {@code head -1} does. */
  private static final class OneLine extends Writer {
    private final StringBuilder taken = new StringBuilder(); // read when its thread has ended

    @Override
    public void write(char[] text, int from, int length) throws IOException {
      if (length > 0 && taken.indexOf("\n") >= 0) {
        throw new IOException("planted: broken pipe");
      }
      taken.append(text, from, length);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void a_watch_ends_with_the_last_state_when_its_reader_is_gone() throws Exception {
    LagRig.Deployment deployment = rig.deployment("lag-h-");
    OneLine out = new OneLine();
    AtomicInteger exit = new AtomicInteger(-1);
    Thread watch =
        Thread.ofPlatform()
            .start(() ->
                exit.set(
                    rig.admin
                        .run(deployment.config, out, new StringWriter(), "lag", "--watch", "--json")
                        .exit()));
    boolean ended = watch.join(PATIENCE);
    watch.interrupt();
    assertThat(ended).isTrue();
    assertThat(exit).hasValue(2);
    assertThat(AdminRig.JSON.readTree(out.taken.toString()).path("state").asString(""))
        .isEqualTo("NO_OWNER");
  }

  /** Two hours ago somebody finished three records of one stream; nothing ever came to another. */
  @Tag("long")
  @Test
  void idle_and_empty_shards_are_neither_behind_nor_stalled_though_kinesis_answers_empty_handed()
      throws Exception {
    AtomicReference<Duration> ago = new AtomicReference<>(Duration.ofHours(2));
    LocalKinesis.Options options =
        LocalKinesis.Options.defaults()
            .withClock(() -> Instant.now().minus(ago.get()))
            .withReach(Duration.ofMinutes(20));
    try (LagRig real = new LagRig(folder, options)) {
      LagRig.Deployment idle = real.deployment("lag-f-");
      LagRig.Deployment empty = real.deployment("lag-g-");
      idle.put(0, 3);
      try (WorkerMain.Running finishes = idle.worker()) {
        assertThat(finishes.isRunning()).isTrue();
        idle.awaitLag(look -> look.records() == 0 && idle.handled.get() == 3);
      }
      ago.set(Duration.ZERO);
      for (LagRig.Deployment deployment : List.of(idle, empty)) {
        LagRig.Look look = deployment.lag();
        assertThat(deployment.after(look.shard().path("shard").asString(""))).isEmpty();
        assertThat(look.state()).isEqualTo("NO_OWNER");
        assertThat(look.shard().has("behindMillis")).as("nobody knows").isFalse();
        assertThat(look.shard().has("records")).isFalse();
        assertThat(look.shard().path("note").asString("")).contains("without a record");
      }
      UnownedShards outside = idle.unowned();
      await()
          .atMost(PATIENCE)
          .until(
              outside::look,
              seen -> {
                seen.worst()
                    .ifPresent(worst ->
                        assertThat(worst.behind()).isLessThanOrEqualTo(Duration.ofMinutes(1)));
                return seen.isAll() && seen.worst().isPresent();
              });
      try (WorkerMain.Running one = idle.worker();
          WorkerMain.Running other = empty.worker()) {
        assertThat(one.isRunning() && other.isRunning()).isTrue();
        for (LagRig.Deployment deployment : List.of(idle, empty)) {
          LagRig.Look look =
              deployment.awaitLag(its -> {
                assertThat(its.state()).isIn("NO_OWNER", "UNKNOWN", "OK", "IDLE");
                return its.exit() == 0;
              });
          assertThat(deployment.after(look.shard().path("shard").asString(""))).isEmpty();
          assertThat(look.state()).isEqualTo("IDLE");
          assertThat(look.records()).isZero();
          assertThat(look.shard().path("behindMillis").asLong(-1)).isZero();
          Watched watched = watch(real, deployment, 3);
          assertThat(watched.exit()).isZero();
          assertThat(watched.looks())
              .allSatisfy(its -> assertThat(its.path("state").asString("")).isEqualTo("IDLE"));
        }
      }
    }
  }

  @Test
  void says_64_to_options_and_settings_that_cannot_be_used() throws Exception {
    Path config = rig.admin.config(Map.of());
    assertThat(rig.admin.run(config, "lag", "--app", "time").exit()).isEqualTo(64);
    assertThat(rig.admin.run(config, "lag", "--nonsense").exit()).isEqualTo(64);
    assertThat(rig.admin.run(rig.admin.config(Map.of("worker.failover", "0s")), "lag").exit())
        .isEqualTo(64);
    AdminRig.Ran nowhere =
        rig.admin.run(
            rig.admin.config(Map.of("aws.endpoints.kinesis", "http://127.0.0.1:9")), "lag");
    assertThat(nowhere.exit()).isEqualTo(69);
    assertThat(nowhere.err()).contains("repeated");
  }
}
