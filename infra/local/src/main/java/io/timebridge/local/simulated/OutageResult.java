package io.timebridge.local.simulated;

import java.time.Duration;
import java.util.List;

/**
 * How one simulated outage ended.
 *
 * @param parked events that were parked, though nothing was wrong with them
 * @param stuck whether it did not come to rest
 * @param figures what it looked like
 * @param wrongs in words
 */
record OutageResult(
    long seed,
    Down down,
    int lost,
    int doubled,
    int stale,
    int outOfOrder,
    int parked,
    boolean stuck,
    Figures figures,
    List<String> wrongs) {
  /**
   * Calls and store operations as the services saw them.
   *
   * @param callsInOutage calls to the service that was down
   * @param storePerSecond operations on rows per second of the outage, from its first minute on
   * @param mostPerSecond most calls within a second of the first minute after the recovery
   * @param firstTenSeconds calls in the ten seconds from the first answer after the recovery on
   * @param caughtUp from the recovery until everything was applied
   */
  record Figures(
      long callsInOutage,
      double storePerSecond,
      int mostPerSecond,
      int firstTenSeconds,
      Duration caughtUp) {}

  boolean isRight() {
    return wrongs.isEmpty();
  }
}
