package io.timebridge.publish;

import io.timebridge.stream.Envelope;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Puts envelopes on streams. An {@link Outcome.Acknowledged} envelope is stored by Kinesis; a
 * {@link Outcome.Failed} one may have been stored all the same when its answer was lost, so a
 * record can be there twice, but never silently not at all. Envelopes of one key that are submitted
 * one after the other are stored in that order. Thread-safe.
 */
public interface Publisher extends AutoCloseable {
  /** What became of an envelope. */
  sealed interface Outcome {
    /** Stored by Kinesis. */
    record Acknowledged(String shardId, String sequenceNumber) implements Outcome {}

    /** Not known to be stored. {@code detail} is for people and holds no payload. */
    record Failed(Reason reason, String detail) implements Outcome {}
  }

  /** Why an envelope was not acknowledged. */
  enum Reason {
    /** Too many wait already; surely not stored. */
    FULL,
    /** No answer in time; may have been stored. */
    TIMED_OUT,
    /** Kinesis refused or failed until there was no time left; may have been stored. */
    KINESIS,
    /** Longer than a record can be; surely not stored. */
    TOO_LARGE,
    /**
     * The publisher is stopping or stopped; may have been stored when it had been accepted before.
     */
    CLOSED
  }

  /**
   * Accepts an envelope, or refuses it at once ({@link Reason#FULL}, {@link Reason#TOO_LARGE},
   * {@link Reason#CLOSED}). Never blocks.
   *
   * @param within no attempt is begun later than this; the future is complete soon after (one
   *     call's time-out) at the latest, and never exceptionally
   */
  CompletableFuture<Outcome> submit(StreamName stream, Envelope envelope, Duration within);

  /**
   * Submits and waits for at most {@code within}.
   *
   * @throws InterruptedException when the waiting thread is interrupted; the envelope may be stored
   */
  default Outcome publish(StreamName stream, Envelope envelope, Duration within)
      throws InterruptedException {
    try {
      return submit(stream, envelope, within).get(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      return new Outcome.Failed(
          Reason.TIMED_OUT, "no answer within " + within.toMillis() + " ms; may have been stored");
    } catch (ExecutionException defect) {
      throw new IllegalStateException("an outcome is never exceptional", defect.getCause());
    }
  }

  /**
   * Whether Kinesis has answered well within the last few seconds; asks it when there was no call.
   */
  boolean reachable();

  /** Refuses new envelopes and sends what was accepted, within a bound. Idempotent. */
  @Override
  void close();
}
