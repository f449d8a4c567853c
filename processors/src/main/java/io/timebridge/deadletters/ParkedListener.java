package io.timebridge.deadletters;

import java.time.Instant;
import java.util.Map;

/**
 * Is told what a {@link ParkedWatch} has seen, after each whole look; must neither block nor throw.
 */
@FunctionalInterface
public interface ParkedListener {
  ParkedListener NONE = byProblem -> {};

  /**
   * What waits of one problem.
   *
   * @param oldest since when; meaningless without keys
   */
  record Waiting(long keys, long events, Instant oldest) {
    static final Waiting NOTHING = new Waiting(0, 0, Instant.EPOCH);
  }

  /**
   * @param byProblem every problem there is, by its id: {@code parked-no-task}
   */
  void looked(Map<String, Waiting> byProblem);
}
