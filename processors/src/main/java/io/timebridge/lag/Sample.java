package io.timebridge.lag;

import java.time.Duration;
import java.time.Instant;

/**
 * How a shard stood at one moment. Counts begin when the shard was taken.
 *
 * @param behind against the clock, from the arrival of the oldest unfinished record; zero when
 *     everything that had arrived was finished
 * @param taken records read off the stream
 * @param finished records finished, in any order
 * @param moves how often the position, below which all is finished, was seen to have moved
 */
public record Sample(Instant at, Duration behind, long taken, long finished, long moves) {
  boolean isBehind() {
    return !behind.isZero();
  }
}
