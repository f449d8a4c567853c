package io.timebridge.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.ordering.Folding;
import io.timebridge.ordering.KeyLanes;
import io.timebridge.ordering.Outcome;
import io.timebridge.ordering.ScheduledRun;
import io.timebridge.ordering.Schedules;
import io.timebridge.worker.Ownership.Standing;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

/** The record processor on KCL's thread against its records on theirs, in every order of steps. */
class KclRecordProcessorInterleavingTest {
  /** A shard with records a1, b2, a3 and its lanes. */
  private static final class Worker {
    final ScheduledRun run;
    final FakeLease lease = new FakeLease();
    final Set<String> busy = new HashSet<>();
    final Set<Long> finished = new HashSet<>();
    private final KeyLanes<Long> lanes;
    private long nanos;
    boolean left;

    Worker(ScheduledRun run) {
      this.run = run;
      this.lanes = lanes();
    }

    KeyLanes<Long> lanes() {
      return run.lanes((key, records) -> handle(key, records.getLast()), Folding.none(), 2, 2);
    }

    private Outcome handle(String key, long sequence) {
      if (!busy.add(key)) {
        run.fail("two of a key in flight: " + key, null);
      }
      run.step("handles " + key + sequence);
      busy.remove(key);
      finished.add(sequence);
      return new Outcome.Applied("");
    }

    KclRecordProcessor<Long> processor(KeyLanes<Long> of) {
      KclRecordProcessor<Long> processor =
          new KclRecordProcessor<>(
              new KclRecordProcessor.Parts<>(
                  "stream",
                  raw -> raw.sequence().longValueExact(),
                  of::open,
                  shard -> new ReadAhead(shard, 10, 1000, ReadAhead.LOST_AFTER, run.lock()),
                  lease,
                  Duration.ofSeconds(1),
                  Duration.ofSeconds(1),
                  () -> nanos += Duration.ofSeconds(1).toNanos(),
                  (shard, position) -> position.ifPresent(p -> mayBeWritten(p.longValueExact())),
                  new Lags(InstantSource.system())));
      processor.initialize(
          InitializationInput.builder()
              .shardId(FakeLease.SHARD)
              .extendedSequenceNumber(ExtendedSequenceNumber.TRIM_HORIZON)
              .build());
      return processor;
    }

    private void mayBeWritten(long checkpoint) {
      LongPredicate open = sequence -> !finished.contains(sequence);
      if (LongStream.rangeClosed(1, checkpoint).anyMatch(open)) {
        run.fail("checkpoint " + checkpoint + " before all is finished: " + finished, null);
      }
    }

    void deliver(KclRecordProcessor<Long> to) {
      lease.delivered(3);
      process(to, List.of(record(1, "a"), record(2, "b"), record(3, "a")));
    }

    void process(KclRecordProcessor<Long> to, List<KinesisClientRecord> records) {
      to.processRecords(
          ProcessRecordsInput.builder()
              .records(records)
              .checkpointer(lease.kcl)
              .millisBehindLatest(0L)
              .build());
    }

    private static KinesisClientRecord record(long sequence, String key) {
      return KinesisClientRecord.builder()
          .sequenceNumber(Long.toString(sequence))
          .partitionKey(key)
          .data(ByteBuffer.allocate(1))
          .build();
    }
  }

  private static void handOn(ScheduledRun run) {
    Worker worker = new Worker(run);
    run.start(
        "kcl",
        () -> {
          KclRecordProcessor<Long> processor = worker.processor(worker.lanes);
          worker.deliver(processor);
          worker.process(processor, List.of());
          processor.shutdownRequested(
              ShutdownRequestedInput.builder().checkpointer(worker.lease.kcl).build());
        });
    run.join();
    if (!worker.lease.written.getLast().equals("3")) {
      run.fail("handed on at " + worker.lease.written, null);
    }
  }

  private static void loseAndRegain(ScheduledRun run, boolean lanesOfItsOwn) {
    Worker worker = new Worker(run);
    run.start(
        "coordinator",
        () -> {
          if (!worker.left) {
            worker.lease.standing = Standing.LOST;
          }
        });
    run.start(
        "kcl",
        () -> {
          KclRecordProcessor<Long> lost = worker.processor(worker.lanes);
          worker.deliver(lost);
          lost.leaseLost(LeaseLostInput.builder().build());
          worker.left = true;
          worker.lease.standing = Standing.OURS;
          KclRecordProcessor<Long> regained =
              worker.processor(lanesOfItsOwn ? worker.lanes() : worker.lanes);
          worker.deliver(regained);
          regained.shutdownRequested(
              ShutdownRequestedInput.builder().checkpointer(worker.lease.kcl).build());
        });
    run.join();
    if (worker.finished.size() != 3) {
      run.fail("not all finished: " + worker.finished, null);
    }
  }

  @Test
  void checkpoints_only_what_is_finished_and_hands_on_at_the_last_record() {
    assertThat(Schedules.explore(1, KclRecordProcessorInterleavingTest::handOn)).isGreaterThan(50);
  }

  @Test
  void a_shard_lost_and_regained_has_one_record_of_a_key_in_flight() {
    assertThat(Schedules.explore(1, run -> loseAndRegain(run, false))).isGreaterThan(50);
  }

  @Test
  void lanes_of_its_own_for_every_ownership_come_to_light() {
    assertThatThrownBy(() -> Schedules.explore(1, run -> loseAndRegain(run, true)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("two of a key in flight");
  }
}
