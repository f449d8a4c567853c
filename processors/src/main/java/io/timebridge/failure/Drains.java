package io.timebridge.failure;

import java.time.Duration;
import java.util.Optional;

/** Works off what waits of a key, whenever a wake-up says so. Thread-safe. */
public interface Drains {
  /** How a drain ended. */
  sealed interface Ended {
    /** Nothing waits: the wake-up was late, or one too many. */
    record Nothing() implements Ended {}

    /** What waited is done with, {@code events} of it; the key is back on the stream. */
    record Done(int events) implements Ended {}

    /** The oldest event cannot go on as things are; it waits for another wake-up. */
    record Rejected(String reason) implements Ended {}

    /** As {@link Rejected}, after the last try: no wake-up follows by itself. */
    record Dead(String reason) implements Ended {}

    /** It waits for a person, who has to look before it is tried: the wake-up is used up. */
    record Held(String reason) implements Ended {}

    /**
     * A service or a store is in trouble: nothing is wrong with the event.
     *
     * @param after wait at least this long; empty = the queue's own backoff
     */
    record Later(String cause, Optional<Duration> after) implements Ended {}
  }

  /**
   * Drains a key, once {@link #mayBegin} has said so.
   *
   * @param wakeUp whose key
   * @param lastTry whether the wake-up will not come again by itself
   */
  Ended drain(WakeUp wakeUp, boolean lastTry) throws InterruptedException;

  /**
   * Takes leave for one drain: false where a wake-up received now would be received in vain. A
   * leave that is not used is lost, which costs others no more than a moment.
   */
  boolean mayBegin();
}
