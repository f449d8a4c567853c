package io.timebridge.worker;

import io.timebridge.ordering.ShardLanes;
import io.timebridge.worker.Ownership.Standing;
import io.timebridge.worker.ShardCheckpoint.Result;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * Feeds one shard into the key lanes, from KCL's taking of the lease to its end.
 *
 * <ul>
 *   <li>{@code processRecords} never throws (KCL would skip the batch). A record that could not be
 *       put into the lanes ends this processor: it takes nothing more, its position stays before
 *       that record, and the shard is given up, to be taken anew from its checkpoint.
 *   <li>Full lanes hold {@code processRecords} up, in short waits, for as long as the shard is
 *       ours: KCL then reads no more of this shard. Between the waits the position is checkpointed
 *       and the lease is looked at, since KCL cannot tell of a lost lease while this call runs.
 *   <li>Lease lost: nothing new starts, no checkpoint is written. Shard end: everything is finished
 *       first, so that child shards start after their parents; while that takes long, each look of
 *       KCL's ends in an exception, upon which KCL looks whether the lease is still ours and asks
 *       again. Shutdown and hand-off: work goes on for half the time allowed, what has started may
 *       finish in the other half, then the position is checkpointed.
 * </ul>
 *
 * <p>KCL calls one method at a time, on changing threads with a happens-before between them; the
 * fields need no guard.
 *
 * @param <R> what is handled
 */
final class KclRecordProcessor<R> implements ShardRecordProcessor {
  private static final Logger LOG = LoggerFactory.getLogger(KclRecordProcessor.class);

  /** Longest time in which a lost lease stays unnoticed while the lanes are full. */
  private static final Duration SLICE = Duration.ofMillis(200);

  /** Longest wait of one {@code shardEnded}. */
  private static final Duration SHARD_END_WAIT = Duration.ofSeconds(20);

  /** What a processor works with; the same for all shards of an application. */
  record Parts<R>(
      String stream,
      RecordDecoder<R> decoder,
      Function<String, ShardLanes<R>> lanes,
      Function<String, ReadAhead> reads,
      Ownership ownership,
      Duration checkpointEvery,
      Duration stopWithin,
      LongSupplier nanoTime,
      CheckpointListener checkpoints,
      Lags lags) {}

  private final Parts<R> parts;
  private String shard = "";
  private @Nullable ShardLanes<R> lanes;
  private @Nullable ReadAhead reads;
  private @Nullable ShardCheckpoint checkpoint;
  private @Nullable ShardLag lag;

  /** A record has not been taken: none after it may be, and the shard cannot end here. */
  private boolean incomplete;

  KclRecordProcessor(Parts<R> parts) {
    this.parts = parts;
  }

  @Override
  public void initialize(InitializationInput input) {
    shard = input.shardId();
    lanes = parts.lanes().apply(shard);
    reads = parts.reads().apply(shard);
    checkpoint =
        new ShardCheckpoint(shard, parts.checkpointEvery(), parts.nanoTime(), parts.checkpoints());
    lag = new ShardLag(shard, opened(lanes)::oldest, parts.lags().clock().instant());
    parts.lags().add(shard, lag, lanes);
    LOG.info(
        "shard taken: stream={} shard={} from={}",
        parts.stream(),
        shard,
        input.extendedSequenceNumber().sequenceNumber());
  }

  @Override
  public void processRecords(ProcessRecordsInput input) {
    ShardLanes<R> into = opened(lanes);
    ReadAhead ahead = opened(reads);
    ahead.handingOver();
    opened(lag)
        .read(
            input.millisBehindLatest(), input.records().isEmpty(), parts.lags().clock().instant());
    try {
      if (!putAll(input.records(), into, input.checkpointer())) {
        end(into);
        return;
      }
      if (opened(checkpoint).regular(input.checkpointer(), into.position()) == Result.LOST) {
        into.halt();
      }
    } catch (InterruptedException stopped) {
      incomplete = true;
      into.halt();
      Thread.currentThread().interrupt();
    } catch (RuntimeException defect) {
      // The edge of KCL's thread: KCL would drop the batch and go on with the next.
      LOG.error("records could not be taken: shard={}", shard, defect);
      end(into);
    } finally {
      ahead.taken();
    }
  }

  /** False when the shard is not ours any more, or its lanes are closed. */
  private boolean putAll(
      List<KinesisClientRecord> records, ShardLanes<R> into, RecordProcessorCheckpointer kcl)
      throws InterruptedException {
    for (KinesisClientRecord record : records) {
      RecordDecoder.Raw raw =
          new RecordDecoder.Raw(
              shard,
              new BigInteger(record.sequenceNumber()),
              record.partitionKey(),
              bytes(record.data()));
      opened(lag).arrived(raw.sequence(), record.approximateArrivalTimestamp());
      if (!put(raw, parts.decoder().decode(raw), into, kcl)) {
        return false;
      }
    }
    return true;
  }

  private boolean put(
      RecordDecoder.Raw raw, R record, ShardLanes<R> into, RecordProcessorCheckpointer kcl)
      throws InterruptedException {
    while (true) {
      switch (into.offer(raw.partitionKey(), raw.sequence(), raw.data().length, record)) {
        case ACCEPTED -> {
          return true;
        }
        case CLOSED -> {
          return false;
        }
        case FULL -> {
          if (parts.ownership().standing(shard) != Standing.OURS
              || opened(checkpoint).regular(kcl, into.position()) == Result.LOST) {
            return false;
          }
          into.awaitRoom(SLICE);
        }
      }
    }
  }

  /**
   * A record has not been taken: no later one may be. Where the shard is ours, it is given up; else
   * KCL is about to say so.
   */
  private void end(ShardLanes<R> into) {
    incomplete = true;
    into.halt();
    notOurs();
    if (parts.ownership().standing(shard) == Standing.OURS) {
      LOG.warn("shard given up, to be taken anew from its checkpoint: shard={}", shard);
      parts.ownership().giveUp(shard);
    }
  }

  private void notOurs() {
    if (lag != null) {
      parts.lags().remove(shard, lag);
    }
  }

  @Override
  public void leaseLost(LeaseLostInput input) {
    notOurs();
    if (reads != null) {
      reads.over();
    }
    if (lanes != null) {
      lanes.halt();
      LOG.info("shard left: shard={} unfinished={}", shard, lanes.unfinished());
    }
  }

  @Override
  public void shardEnded(ShardEndedInput input) {
    ShardLanes<R> ending = opened(lanes);
    ShardCheckpoint at = opened(checkpoint);
    try {
      long deadline = parts.nanoTime().getAsLong() + SHARD_END_WAIT.toNanos();
      while (!ending.awaitFinished(SLICE)
          && parts.ownership().standing(shard) != Standing.LOST
          && parts.nanoTime().getAsLong() - deadline < 0) {
        if (at.regular(input.checkpointer(), unlessLast(ending)) == Result.LOST) {
          ending.halt();
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    if (incomplete || ending.unfinished() > 0) {
      throw new IllegalStateException(
          "shard "
              + shard
              + " has ended, its records are not all finished: "
              + ending.unfinished()
              + (incomplete ? " taken, others not taken" : " taken"));
    }
    opened(reads).over();
    notOurs();
    if (at.end(input.checkpointer()) == Result.DONE) {
      ending.halt();
      LOG.info("shard finished: shard={}", shard);
    }
  }

  /** KCL takes a checkpoint at the last record of an ended shard as the shard's end. */
  private static Optional<BigInteger> unlessLast(ShardLanes<?> lanes) {
    return lanes.position().filter(p -> !lanes.lastAccepted().equals(Optional.of(p)));
  }

  @Override
  public void shutdownRequested(ShutdownRequestedInput input) {
    if (lanes == null || checkpoint == null) {
      return;
    }
    opened(reads).over();
    notOurs();
    Duration half = parts.stopWithin().dividedBy(2);
    try {
      boolean finished = lanes.awaitFinished(half);
      lanes.halt();
      boolean settled = lanes.awaitNoneRunning(half);
      LOG.info(
          "shard handed on: shard={} finished={} settled={} unfinished={}",
          shard,
          finished,
          settled,
          lanes.unfinished());
    } catch (InterruptedException stopped) {
      lanes.halt();
      Thread.currentThread().interrupt();
    }
    checkpoint.now(input.checkpointer(), lanes.position());
  }

  private static byte[] bytes(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.duplicate().get(bytes);
    return bytes;
  }

  private static <T> T opened(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("KCL initializes a record processor before it uses it");
    }
    return part;
  }
}
