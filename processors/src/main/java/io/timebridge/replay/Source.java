package io.timebridge.replay;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.services.ServiceTrouble;
import java.util.Map;

/** What a replay reads from, in an order that is the same each time. */
interface Source {
  /** Told of what is read. */
  @FunctionalInterface
  interface Visitor {
    /**
     * @param done how much of the whole lies behind, 0 to 1, as far as it can be told
     */
    void visit(Candidate candidate, double done)
        throws StoreTrouble, ReplayStopped, InterruptedException;
  }

  /**
   * Visits everything behind the positions, parents before children, each key in its order.
   *
   * @param positions by part, as {@link Candidate.Place} said; what is missing is read from its
   *     beginning
   */
  void each(Map<String, String> positions, Visitor visitor)
      throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException;
}
