package io.timebridge.local.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.timebridge.admission.Delivery;
import io.timebridge.ordering.Outcome;
import io.timebridge.stream.StreamName;
import io.timebridge.worker.KclApplication;
import io.timebridge.worker.WorkerRuntime;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** Workers on the embedded Kinesis and DynamoDB, through the real KCL. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkerTest {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerTest.class);
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Outcome DONE = new Outcome.Applied("");

  private WorkerRig rig;

  @BeforeAll
  void open() {
    rig = new WorkerRig();
  }

  @AfterAll
  void close() {
    rig.close();
  }

  private static WorkerRig.Each noting(Ledger ledger, Duration work) {
    return record -> {
      ledger.begin(record);
      try {
        LockSupport.parkNanos(work.toNanos());
        ledger.done(record);
        return DONE;
      } finally {
        ledger.end(record);
      }
    };
  }

  private static void putAll(WorkerRig.Stream stream, int keys, int from, int to) {
    for (int number = from; number < to; number++) {
      for (int key = 1; key <= keys; key++) {
        stream.put(Integer.toString(key), number);
      }
    }
  }

  @Test
  void handles_every_record_in_order_per_key_through_retries_and_quarantines_the_unreadable() {
    var stream = rig.new Stream("order-", 2);
    Ledger ledger = new Ledger();
    AtomicInteger calls = new AtomicInteger();
    AtomicLong first = new AtomicLong();
    int keys = 40;
    int each = 8;
    putAll(stream, keys, 0, each);
    stream.put("1", "nonsense".getBytes(StandardCharsets.UTF_8));
    WorkerRig.Each noting = noting(ledger, Duration.ofMillis(2));
    long started = System.nanoTime();
    try (KclApplication<Delivery> worker =
        stream.worker(record -> {
          first.compareAndSet(0, System.nanoTime());
          int call = calls.incrementAndGet();
          if (call % 7 == 0) {
            return new Outcome.Retry("planted");
          }
          if (call % 11 == 0) {
            throw new IllegalArgumentException("planted");
          }
          return noting.handle(record);
        })) {
      worker.start();
      await().atMost(PATIENCE).until(() -> ledger.distinct() == keys * each);
      LOG.info(
          "first record {} ms after start, all {} after {} ms",
          TimeUnit.NANOSECONDS.toMillis(first.get() - started),
          keys * each,
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
      await().atMost(PATIENCE).until(() -> stream.quarantined.contains("1 UNREADABLE"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(stream.checkpoints().values())
                  .as("both shards checkpointed")
                  .hasSize(2)
                  .allMatch(c -> new BigInteger(c).signum() > 0));
      ledger.assertInOrder();
      assertThat(worker.counts().keys()).isZero();
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void workers_that_start_together_on_a_new_application_all_get_work() throws Exception {
    var stream = rig.new Stream("together-", 3);
    List<Ledger> ledgers = List.of(new Ledger(), new Ledger(), new Ledger());
    List<KclApplication<Delivery>> workers =
        ledgers.stream().map(ledger -> stream.worker(noting(ledger, Duration.ZERO))).toList();
    try {
      CountDownLatch together = new CountDownLatch(1);
      List<Thread> starts = new ArrayList<>();
      for (KclApplication<Delivery> worker : workers) {
        starts.add(
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    together.await();
                    worker.start();
                  } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                  }
                }));
      }
      together.countDown();
      for (Thread start : starts) {
        start.join();
      }
      AtomicInteger number = new AtomicInteger();
      await()
          .atMost(PATIENCE)
          .until(() -> {
            putAll(stream, 12, number.get(), number.incrementAndGet());
            return ledgers.stream().allMatch(ledger -> ledger.distinct() > 0);
          });
      assertThat(workers).allMatch(KclApplication::isRunning);
    } finally {
      workers.forEach(KclApplication::close);
    }
  }

  @Test
  void keeps_the_order_of_every_key_when_shards_split_and_merge_under_load() {
    var stream = rig.new Stream("reshard-", 1);
    Ledger ledger = new Ledger();
    int keys = 30;
    try (KclApplication<Delivery> worker = stream.worker(noting(ledger, Duration.ofMillis(20)))) {
      worker.start();
      putAll(stream, keys, 0, 10);
      Shard whole = stream.openShards().getFirst();
      rig.kinesis.splitShard(r ->
          r.streamName(stream.name())
              .shardToSplit(whole.shardId())
              .newStartingHashKey(BigInteger.TWO.pow(127).toString()));
      stream.awaitActive();
      putAll(stream, keys, 10, 20);
      List<Shard> halves = stream.openShards();
      assertThat(halves).hasSize(2);
      rig.kinesis.mergeShards(r ->
          r.streamName(stream.name())
              .shardToMerge(halves.getFirst().shardId())
              .adjacentShardToMerge(halves.getLast().shardId()));
      stream.awaitActive();
      putAll(stream, keys, 20, 30);
      await().atMost(PATIENCE).until(() -> ledger.distinct() == keys * 30);
      ledger.assertInOrder();
      assertThat(ledger.total()).as("nothing handled twice").isEqualTo(keys * 30);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(stream.checkpoints())
                  .containsEntry(whole.shardId(), "SHARD_END")
                  .containsEntry(halves.getFirst().shardId(), "SHARD_END")
                  .containsEntry(halves.getLast().shardId(), "SHARD_END"));
    }
  }

  @Test
  void reads_parents_before_children_when_it_starts_on_a_stream_that_was_split_before() {
    var stream = rig.new Stream("old-", 1);
    Ledger ledger = new Ledger();
    int keys = 20;
    putAll(stream, keys, 0, 10);
    rig.kinesis.updateShardCount(
        r -> r.streamName(stream.name()).targetShardCount(2).scalingType("UNIFORM_SCALING"));
    stream.awaitActive();
    putAll(stream, keys, 10, 20);
    try (KclApplication<Delivery> worker = stream.worker(noting(ledger, Duration.ofMillis(5)))) {
      worker.start();
      await().atMost(PATIENCE).until(() -> ledger.distinct() == keys * 20);
      ledger.assertInOrder();
    }
  }

  @Test
  void shares_with_a_second_worker_and_loses_nothing_when_the_first_is_closed() {
    var stream = rig.new Stream("two-", 4);
    Ledger together = new Ledger();
    AtomicInteger second = new AtomicInteger();
    WorkerRig.Each noting = noting(together, Duration.ofMillis(10));
    int keys = 50;
    AtomicInteger next = new AtomicInteger(5);
    long closing;
    try (KclApplication<Delivery> b =
        stream.worker(record -> {
          second.incrementAndGet();
          return noting.handle(record);
        })) {
      try (KclApplication<Delivery> a = stream.worker(noting)) {
        a.start();
        putAll(stream, keys, 0, 5);
        await().atMost(PATIENCE).until(() -> together.distinct() >= keys);
        long joining = System.nanoTime();
        b.start();
        await()
            .atMost(PATIENCE)
            .until(() -> {
              putAll(stream, keys, next.get(), next.incrementAndGet());
              return second.get() > 0;
            });
        LOG.info("the second worker joined after {} ms", millisSince(joining));
        closing = System.nanoTime();
      }
      LOG.info("closed in {} ms", millisSince(closing));
      putAll(stream, keys, next.get(), next.addAndGet(3));
      await().atMost(PATIENCE).until(() -> together.distinct() == keys * next.get());
      LOG.info("all taken over {} ms after closing began", millisSince(closing));
      together.assertInOrder();
      LOG.info("handled {} records {} times", together.distinct(), together.total());
    }
  }

  @Test
  void finishes_what_it_holds_when_it_is_closed_under_load() throws Exception {
    var stream = rig.new Stream("closed-", 2);
    Ledger ledger = new Ledger();
    int keys = 25;
    putAll(stream, keys, 0, 4);
    CountDownLatch busy = new CountDownLatch(30);
    WorkerRig.Each noting = noting(ledger, Duration.ofMillis(30));
    WorkerRig.Each counting =
        record -> {
          busy.countDown();
          return noting.handle(record);
        };
    try (KclApplication<Delivery> first = stream.worker(counting)) {
      first.start();
      assertThat(busy.await(60, TimeUnit.SECONDS)).isTrue();
    }
    int before = ledger.total();
    putAll(stream, keys, 4, 6);
    try (KclApplication<Delivery> next = stream.worker(noting)) {
      next.start();
      await().atMost(PATIENCE).until(() -> ledger.distinct() == keys * 6);
    }
    ledger.assertInOrder();
    assertThat(ledger.total()).as("nothing handled twice, %d before", before).isEqualTo(keys * 6);
  }

  @Test
  void stops_in_time_when_its_work_hangs_and_leaves_all_of_it_to_the_next_worker()
      throws Exception {
    var settings =
        rig.settings("hangs-", Map.of("worker.stop-within", "2s", "worker.held-per-shard", "100"));
    var stream = rig.new Stream(StreamName.TIMESHEET_EVENTS, settings, 1);
    Ledger ledger = new Ledger();
    int keys = 20;
    putAll(stream, keys, 0, 10);
    CountDownLatch busy = new CountDownLatch(keys);
    CountDownLatch interrupted = new CountDownLatch(keys);
    try (KclApplication<Delivery> first =
        stream.worker(record -> {
          busy.countDown();
          try {
            new CountDownLatch(1).await();
            return DONE;
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
        })) {
      first.start();
      assertThat(busy.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(first.oldestUnfinished()).isPresent();
    }
    assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    try (KclApplication<Delivery> next = stream.worker(noting(ledger, Duration.ofMillis(1)))) {
      next.start();
      await().atMost(PATIENCE).until(() -> ledger.distinct() == keys * 10);
    }
    ledger.assertInOrder();
    assertThat(ledger.total()).isEqualTo(keys * 10);
  }

  @Test
  void loses_nothing_when_the_leading_worker_is_killed() throws Exception {
    var stream = rig.new Stream("killed-", 4);
    int keys = 40;
    Set<String> byKilled = ConcurrentHashMap.newKeySet();
    Ledger survivors = new Ledger();
    AtomicInteger next = new AtomicInteger();
    Process killed = startProcess("killed-");
    Thread reader =
        Thread.ofVirtual().start(() -> killed.inputReader().lines().forEach(byKilled::add));
    try (KclApplication<Delivery> survivor =
        stream.worker(noting(survivors, Duration.ofMillis(5)))) {
      putAll(stream, keys, next.get(), next.incrementAndGet());
      await().atMost(PATIENCE).until(() -> byKilled.size() == keys);
      survivor.start();
      await()
          .atMost(PATIENCE)
          .until(() -> {
            putAll(stream, keys, next.get(), next.incrementAndGet());
            return survivors.total() > 0;
          });
      putAll(stream, keys, next.get(), next.incrementAndGet());
      killed.destroyForcibly().waitFor();
      long died = System.nanoTime();
      reader.join();
      putAll(stream, keys, next.get(), next.addAndGet(2));
      await()
          .atMost(PATIENCE)
          .until(() -> {
            Set<String> all = new HashSet<>(byKilled);
            all.addAll(survivors.records());
            return all.size() == keys * next.get();
          });
      LOG.info(
          "all taken over {} ms after the kill; handled by both: {}",
          millisSince(died),
          survivors.records().stream().filter(byKilled::contains).count());
    } finally {
      killed.destroyForcibly();
    }
  }

  private Process startProcess(String prefix) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.add(WorkerProcess.class.getName());
    rig.values(prefix).forEach((key, value) -> command.add(key + "=" + value));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  @Test
  void runs_the_applications_of_all_streams_in_one_process() {
    var settings = rig.settings("all-");
    Map<StreamName, Long> first = new ConcurrentHashMap<>();
    List<KclApplication<Delivery>> applications = new ArrayList<>();
    for (StreamName name : StreamName.values()) {
      var stream = rig.new Stream(name, settings, 2);
      stream.put("1", 0);
      applications.add(
          stream.worker(record -> {
            first.putIfAbsent(name, System.nanoTime());
            return DONE;
          }));
    }
    long started = System.nanoTime();
    try (WorkerRuntime runtime = new WorkerRuntime(applications)) {
      runtime.start();
      await().atMost(PATIENCE).until(() -> first.size() == 3);
      first.forEach((name, at) ->
          LOG.info(
              "{}: first record {} ms after start",
              name,
              TimeUnit.NANOSECONDS.toMillis(at - started)));
      assertThat(runtime.isRunning()).isTrue();
    }
  }

  @Test
  void says_which_stream_is_missing_when_it_starts_without_it() {
    var stream = rig.new Stream("gone-", 1);
    rig.kinesis.deleteStream(r -> r.streamName(stream.name()));
    rig.kinesis.waiter().waitUntilStreamNotExists(r -> r.streamName(stream.name()));
    WorkerRuntime runtime = new WorkerRuntime(List.of(stream.worker(record -> DONE)));
    assertThatIllegalStateException()
        .isThrownBy(runtime::start)
        .withMessageContaining("gone-timesheet-events");
    assertThat(runtime.isRunning()).isFalse();
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }
}
