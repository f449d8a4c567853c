package io.timebridge.worker;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.KinesisClientLibDependencyException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.exceptions.ThrottlingException;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;

/**
 * Writes a shard's position to its lease: at most every so often, never backwards, and not at all
 * once the lease is gone. A failure is logged and left to the next time. Not thread-safe: KCL calls
 * a record processor from one thread at a time.
 */
final class ShardCheckpoint {
  private static final Logger LOG = LoggerFactory.getLogger(ShardCheckpoint.class);

  /** What became of a checkpoint. */
  enum Result {
    /** It is written, or was already. */
    DONE,
    FAILED,
    /** The lease is gone: this worker writes no checkpoint of this shard any more. */
    LOST
  }

  @FunctionalInterface
  private interface Write {
    void run()
        throws KinesisClientLibDependencyException,
            InvalidStateException,
            ThrottlingException,
            ShutdownException;
  }

  private final String shard;
  private final CheckpointListener listener;
  private final long everyNanos;
  private final LongSupplier nanoTime;
  private @Nullable BigInteger written;
  private long nextNanos;
  private boolean lost;

  /**
   * @param every least time between two regular checkpoints
   * @param nanoTime as {@link System#nanoTime()}
   */
  ShardCheckpoint(
      String shard, Duration every, LongSupplier nanoTime, CheckpointListener listener) {
    this.shard = shard;
    this.listener = listener;
    this.everyNanos = every.toNanos();
    this.nanoTime = nanoTime;
    this.nextNanos = nanoTime.getAsLong();
  }

  /** Checkpoints when it is time and the position has moved. */
  Result regular(RecordProcessorCheckpointer kcl, Optional<BigInteger> position) {
    if (!lost && nanoTime.getAsLong() - nextNanos < 0) {
      return Result.DONE;
    }
    return now(kcl, position);
  }

  /** Checkpoints when the position has moved. */
  Result now(RecordProcessorCheckpointer kcl, Optional<BigInteger> position) {
    if (lost) {
      return Result.LOST;
    }
    if (position.isEmpty() || position.get().equals(written)) {
      return Result.DONE;
    }
    nextNanos = nanoTime.getAsLong() + everyNanos;
    BigInteger at = position.get();
    Result result = write(() -> kcl.checkpoint(at.toString()));
    if (result == Result.DONE) {
      written = at;
      listener.checkpointed(shard, position);
    }
    return result;
  }

  /** Checkpoints the end of the shard. */
  Result end(RecordProcessorCheckpointer kcl) {
    Result result = lost ? Result.LOST : write(kcl::checkpoint);
    if (result == Result.DONE) {
      listener.checkpointed(shard, Optional.empty());
    }
    return result;
  }

  private Result write(Write write) {
    try {
      write.run();
      return Result.DONE;
    } catch (ShutdownException gone) {
      lost = true;
      LOG.info("no checkpoint, the lease is gone: shard={}", shard);
      return Result.LOST;
    } catch (ThrottlingException | KinesisClientLibDependencyException later) {
      LOG.warn("no checkpoint this time: shard={} cause={}", shard, later.toString());
      return Result.FAILED;
    } catch (InvalidStateException | IllegalArgumentException wrong) {
      LOG.error("no checkpoint: shard={}", shard, wrong);
      return Result.FAILED;
    }
  }
}
