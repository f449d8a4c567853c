package io.timebridge.ordering;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/**
 * The lanes as the owner of one shard sees them, from taking the shard to losing it. Thread-safe;
 * {@link #offer} is called by one thread at a time, since its order is the order of the shard.
 *
 * @param <R> what is handled
 */
public interface ShardLanes<R> {
  /** What became of an offered record. */
  enum Offer {
    /** It will be handled, after everything offered before it for its key. */
    ACCEPTED,
    /**
     * The shard, or all shards together, hold as much as they may: {@link ShardLanes#awaitRoom}.
     */
    FULL,
    /** The shard has been halted. */
    CLOSED
  }

  /**
   * Offers the shard's next record. Never blocks.
   *
   * @param sequence not below the one before
   * @param bytes what counts against the limits, not negative
   * @throws IllegalArgumentException when {@code sequence} is below the one before; nothing has
   *     changed then
   */
  Offer offer(String key, BigInteger sequence, int bytes, R record);

  /**
   * Waits until a record may be accepted.
   *
   * @return false when the shard is still full after {@code within}; true when there is room or the
   *     shard has been halted
   */
  boolean awaitRoom(Duration within) throws InterruptedException;

  /** Everything up to here (inclusive) is finished; empty while nothing is. */
  Optional<BigInteger> position();

  /** The sequence number offered and accepted last. */
  Optional<BigInteger> lastAccepted();

  /** The unfinished record that was accepted first; empty when everything is finished. */
  Optional<Unfinished> oldest();

  /** Accepted records that are not finished; those forgotten by {@link #halt} among them. */
  int unfinished();

  /** What is in the lanes, and has gone through them. */
  ShardCounts counts();

  /**
   * Waits until everything accepted is finished.
   *
   * @return false when it is not so after {@code within}, or cannot become so since the shard has
   *     been halted
   */
  boolean awaitFinished(Duration within) throws InterruptedException;

  /**
   * Nothing of this shard starts any more; what waits is forgotten and stays unfinished. What runs
   * may still finish, and then counts. An attempt that has begun may still enter the handler after
   * this has returned: it counts as running ({@link #awaitNoneRunning}). Repeating it changes
   * nothing.
   */
  void halt();

  /**
   * Waits until nothing of this shard is being handled.
   *
   * @return false when something still is after {@code within}
   */
  boolean awaitNoneRunning(Duration within) throws InterruptedException;
}
