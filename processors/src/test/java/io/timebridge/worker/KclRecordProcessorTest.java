package io.timebridge.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.timebridge.admission.Admission;
import io.timebridge.admission.Delivery;
import io.timebridge.admission.Envelopes;
import io.timebridge.admission.Quarantine;
import io.timebridge.ordering.Backoff;
import io.timebridge.ordering.Folding;
import io.timebridge.ordering.KeyLanes;
import io.timebridge.ordering.Outcome;
import io.timebridge.ordering.ThreadTimers;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import io.timebridge.worker.Ownership.Standing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.exceptions.ThrottlingException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

/** The record processor on real lanes, driven as KCL drives it. */
@Timeout(60)
class KclRecordProcessorTest {
  private static final Outcome DONE = new Outcome.Applied("");

  private final ThreadTimers timers = new ThreadTimers("test-timers");
  private final FakeLease lease = new FakeLease();
  private final ReadAhead reads = new ReadAhead(FakeLease.SHARD, 10, 1000, ReadAhead.LOST_AFTER);
  private final AtomicLong nanos = new AtomicLong();
  private volatile long nanosPerLook;
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final List<String> kept = new CopyOnWriteArrayList<>();
  private final AtomicInteger quarantineFailures = new AtomicInteger();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final CountDownLatch slowStarted = new CountDownLatch(1);

  @AfterEach
  void stop() {
    gate.countDown();
    timers.close();
  }

  private KclRecordProcessor<Delivery> processor(int held, Each each) {
    Quarantine quarantine =
        (at, reason, detail, data) -> {
          if (quarantineFailures.getAndDecrement() > 0) {
            throw new IllegalStateException("the quarantine is away");
          }
          kept.add(at.sequence() + " " + reason);
        };
    KclApplication.Work<Delivery> work =
        new Admission(StreamName.TIMESHEET_EVENTS, envelope -> Optional.empty(), quarantine)
            .work(
                (key, records) -> each.handle(records.getLast()),
                Folding.none(),
                CheckpointListener.NONE);
    KeyLanes<Delivery> lanes =
        new KeyLanes<>(
            work.handler(),
            work.folding(),
            new KeyLanes.Limits(8, held, 1 << 20, held, 1 << 20),
            Thread::startVirtualThread,
            timers,
            new Backoff(Duration.ofMillis(1), Duration.ofMillis(2), new Random(5)),
            InstantSource.system());
    KclRecordProcessor<Delivery> processor =
        new KclRecordProcessor<>(
            new KclRecordProcessor.Parts<>(
                StreamName.TIMESHEET_EVENTS.streamName(),
                work.decoder(),
                lanes::open,
                shard -> reads,
                lease,
                Duration.ofSeconds(1),
                Duration.ofMillis(400),
                () -> nanos.addAndGet(nanosPerLook),
                work.checkpoints(),
                new Lags(InstantSource.system())));
    processor.initialize(
        InitializationInput.builder()
            .shardId(FakeLease.SHARD)
            .extendedSequenceNumber(ExtendedSequenceNumber.TRIM_HORIZON)
            .build());
    return processor;
  }

  /** Handles one record. */
  private interface Each {
    Outcome handle(StreamRecord record) throws InterruptedException;
  }

  private Outcome note(StreamRecord record) {
    handled.add(record.key() + record.sequence());
    return DONE;
  }

  /** Blocks records of key {@code slow} until the gate opens. */
  private Outcome noteSlowly(StreamRecord record) throws InterruptedException {
    if (record.key().equals("slow")) {
      slowStarted.countDown();
      gate.await();
    }
    return note(record);
  }

  private static KinesisClientRecord record(long sequence, String key) {
    return raw(sequence, key, Envelopes.own(key, "x"));
  }

  private static KinesisClientRecord raw(long sequence, String key, byte[] data) {
    return KinesisClientRecord.builder()
        .sequenceNumber(Long.toString(sequence))
        .partitionKey(key)
        .data(ByteBuffer.wrap(data).asReadOnlyBuffer())
        .build();
  }

  private void deliver(KclRecordProcessor<?> to, KinesisClientRecord... records) {
    if (records.length > 0) {
      lease.delivered(Long.parseLong(records[records.length - 1].sequenceNumber()));
    }
    to.processRecords(
        ProcessRecordsInput.builder()
            .records(List.of(records))
            .checkpointer(lease.kcl)
            .millisBehindLatest(0L)
            .build());
  }

  private void end(KclRecordProcessor<?> processor) {
    lease.ended();
    processor.shardEnded(ShardEndedInput.builder().checkpointer(lease.kcl).build());
  }

  private void requestShutdown(KclRecordProcessor<?> processor) {
    processor.shutdownRequested(ShutdownRequestedInput.builder().checkpointer(lease.kcl).build());
  }

  @Test
  void checkpoints_what_is_finished_with_the_next_batch_even_an_empty_one() {
    KclRecordProcessor<Delivery> processor = processor(100, this::note);
    deliver(processor, record(1, "a"), record(2, "b"));
    await().until(() -> handled.size() == 2);
    await()
        .untilAsserted(() -> {
          nanos.addAndGet(SECONDS.toNanos(1));
          deliver(processor);
          assertThat(lease.written).last().isEqualTo("2");
        });
  }

  @Test
  void checkpoints_no_more_often_than_allowed() {
    KclRecordProcessor<Delivery> processor = processor(100, this::note);
    deliver(processor, record(1, "a"));
    await()
        .untilAsserted(() -> {
          deliver(processor);
          assertThat(lease.written).containsExactly("1");
        });
    deliver(processor, record(2, "b"));
    await().until(() -> handled.size() == 2);
    deliver(processor);
    assertThat(lease.written).containsExactly("1");
  }

  @Test
  void never_checkpoints_past_unfinished_work() {
    KclRecordProcessor<Delivery> processor = processor(100, this::noteSlowly);
    deliver(processor, record(1, "a"), record(2, "slow"), record(3, "b"));
    await().until(() -> handled.size() == 2);
    await()
        .untilAsserted(() -> {
          nanos.addAndGet(SECONDS.toNanos(1));
          deliver(processor);
          assertThat(lease.written).containsExactly("1");
        });
    gate.countDown();
    await()
        .untilAsserted(() -> {
          nanos.addAndGet(SECONDS.toNanos(1));
          deliver(processor);
          assertThat(lease.written).last().isEqualTo("3");
        });
  }

  @Test
  void quarantines_what_cannot_be_read_and_goes_on() {
    KclRecordProcessor<Delivery> processor = processor(100, this::note);
    quarantineFailures.set(3);
    deliver(
        processor,
        record(1, "a"),
        raw(2, "b", "nonsense".getBytes(StandardCharsets.UTF_8)),
        raw(3, "c", Envelopes.own("another", "x")),
        record(4, "d"));
    await().until(() -> handled.size() == 2 && kept.size() == 2);
    assertThat(kept).containsExactlyInAnyOrder("2 UNREADABLE", "3 WRONG_KEY");
    requestShutdown(processor);
    assertThat(lease.written).last().isEqualTo("4");
  }

  @Test
  void is_held_up_by_full_lanes_and_goes_on_when_there_is_room() throws Exception {
    KclRecordProcessor<Delivery> processor = processor(2, this::noteSlowly);
    Thread kcl =
        Thread.ofVirtual()
            .start(() ->
                deliver(
                    processor,
                    record(1, "slow"),
                    record(2, "slow"),
                    record(3, "a"),
                    record(4, "b")));
    assertThat(kcl.join(Duration.ofMillis(500))).as("held up").isFalse();
    gate.countDown();
    kcl.join();
    await().until(() -> handled.size() == 4);
    assertThat(lease.givenUp).isEmpty();
  }

  @Test
  void ends_a_held_up_batch_without_a_checkpoint_when_the_lease_is_lost() throws Exception {
    KclRecordProcessor<Delivery> processor = processor(2, this::noteSlowly);
    Thread kcl =
        Thread.ofVirtual()
            .start(() -> deliver(processor, record(1, "slow"), record(2, "slow"), record(3, "a")));
    slowStarted.await();
    assertThat(kcl.join(Duration.ofMillis(300))).isFalse();
    lease.standing = Standing.LOST;
    kcl.join();
    processor.leaseLost(LeaseLostInput.builder().build());
    gate.countDown();
    await().until(() -> handled.equals(List.of("slow1")));
    deliver(processor, record(4, "b"));
    assertThat(lease.written).isEmpty();
    assertThat(handled).containsExactly("slow1");
    assertThat(lease.givenUp).as("it is KCL's to say").isEmpty();
  }

  @Test
  void does_not_end_a_shard_of_which_a_record_was_not_taken() throws Exception {
    KclRecordProcessor<Delivery> processor = processor(1, this::noteSlowly);
    Thread kcl =
        Thread.ofVirtual().start(() -> deliver(processor, record(1, "slow"), record(2, "a")));
    slowStarted.await();
    assertThat(kcl.join(Duration.ofMillis(300))).isFalse();
    lease.standing = Standing.LEAVING;
    kcl.join();
    gate.countDown();
    await().until(() -> handled.size() == 1);
    assertThatIllegalStateException().isThrownBy(() -> end(processor));
    assertThat(lease.written).doesNotContain("SHARD_END");
  }

  @Test
  void starts_nothing_that_waits_when_the_lease_is_lost() {
    KclRecordProcessor<Delivery> processor = processor(100, this::noteSlowly);
    deliver(processor, record(1, "slow"), record(2, "slow"), record(3, "slow"));
    processor.leaseLost(LeaseLostInput.builder().build());
    gate.countDown();
    deliver(processor, record(4, "b"));
    await().pollDelay(Duration.ofMillis(100)).until(() -> handled.size() <= 1);
    assertThat(lease.written).isEmpty();
  }

  @Test
  void ends_a_shard_only_when_everything_is_finished() throws Exception {
    KclRecordProcessor<Delivery> processor = processor(100, this::noteSlowly);
    deliver(processor, record(1, "a"), record(2, "slow"), record(3, "b"));
    Thread kcl = Thread.ofVirtual().start(() -> end(processor));
    assertThat(kcl.join(Duration.ofMillis(500))).as("waits").isFalse();
    assertThat(lease.written).doesNotContain("SHARD_END");
    gate.countDown();
    kcl.join();
    assertThat(handled).hasSize(3);
    assertThat(lease.written).last().isEqualTo("SHARD_END");
  }

  @Test
  void lets_kcl_look_at_the_lease_when_the_end_of_a_shard_takes_long() {
    KclRecordProcessor<Delivery> processor = processor(100, this::noteSlowly);
    deliver(processor, record(1, "slow"));
    nanosPerLook = SECONDS.toNanos(30);
    assertThatIllegalStateException().isThrownBy(() -> end(processor));
    nanosPerLook = 0;
    assertThat(lease.written).isEmpty();
    gate.countDown();
    await().until(() -> handled.size() == 1);
    end(processor);
    assertThat(lease.written).containsExactly("SHARD_END");
  }

  @Test
  void ends_an_empty_shard_at_once() {
    KclRecordProcessor<Delivery> processor = processor(100, this::note);
    lease.delivered(0);
    end(processor);
    assertThat(lease.written).containsExactly("SHARD_END");
  }

  @Test
  void finishes_what_it_holds_before_a_shard_is_handed_on() {
    KclRecordProcessor<Delivery> processor = processor(100, this::note);
    List<KinesisClientRecord> batch = new ArrayList<>();
    for (int i = 1; i <= 60; i++) {
      batch.add(record(i, "k" + i % 7));
    }
    deliver(processor, batch.toArray(KinesisClientRecord[]::new));
    requestShutdown(processor);
    assertThat(handled).hasSize(60);
    assertThat(lease.written).last().isEqualTo("60");
  }

  @Test
  void hands_a_shard_on_at_its_position_when_work_does_not_end_in_time() {
    KclRecordProcessor<Delivery> processor = processor(100, this::noteSlowly);
    deliver(processor, record(1, "a"), record(2, "slow"), record(3, "b"), record(4, "slow"));
    requestShutdown(processor);
    assertThat(lease.written).containsExactly("1");
    gate.countDown();
    await().until(() -> handled.size() == 3);
    assertThat(handled).as("nothing new starts").doesNotContain("slow4");
  }

  @Test
  void stops_when_a_checkpoint_says_that_the_lease_is_gone() {
    KclRecordProcessor<Delivery> processor =
        processor(
            100,
            record -> {
              if (record.key().equals("a")) {
                slowStarted.await();
              }
              return noteSlowly(record);
            });
    lease.failure = new ShutdownException("gone");
    deliver(processor, record(1, "a"), record(2, "slow"), record(3, "slow"));
    await().until(() -> handled.size() == 1);
    nanos.addAndGet(SECONDS.toNanos(1));
    deliver(processor);
    lease.failure = null;
    gate.countDown();
    await().until(() -> handled.size() == 2);
    nanos.addAndGet(SECONDS.toNanos(1));
    deliver(processor);
    requestShutdown(processor);
    assertThat(lease.written).isEmpty();
    assertThat(handled).containsExactly("a1", "slow2");
  }

  @Test
  void checkpoints_later_when_a_checkpoint_is_throttled() {
    KclRecordProcessor<Delivery> processor = processor(100, this::note);
    lease.failure = new ThrottlingException("too much");
    deliver(processor, record(1, "a"));
    await().until(() -> handled.size() == 1);
    nanos.addAndGet(SECONDS.toNanos(1));
    deliver(processor);
    lease.failure = null;
    nanos.addAndGet(SECONDS.toNanos(1));
    await()
        .untilAsserted(() -> {
          nanos.addAndGet(SECONDS.toNanos(1));
          deliver(processor);
          assertThat(lease.written).containsExactly("1");
        });
  }

  @Test
  void gives_the_shard_up_instead_of_throwing_when_records_come_in_an_impossible_order() {
    KclRecordProcessor<Delivery> processor = processor(100, this::note);
    deliver(processor, record(5, "a"));
    await().until(() -> handled.size() == 1);
    deliver(processor, record(4, "b"), record(6, "c"));
    assertThat(lease.givenUp).containsExactly(FakeLease.SHARD);
    deliver(processor, record(7, "d"));
    assertThat(handled).containsExactly("a5");
  }
}
