package io.timebridge.local.chaos;

import io.timebridge.local.planted.Step;
import java.time.Duration;

/**
 * A blow planned for the n-th time that a step is reached.
 *
 * @param nth counted from the moment it is armed, over all workers at {@link Step#CALL_SENT}, else
 *     by each
 * @param addsOnly whether only steps count that make something new
 * @param hold how long the worker is held at the step before the blow
 * @param frozen how long a freeze lasts
 * @param late how long a held call takes to be carried out after the blow; zero = at once
 * @param down how long until a killed process is started again
 * @param workerToo whether a worker is killed at the same time as a poller is struck
 */
record Strike(
    Cell cell,
    int nth,
    boolean addsOnly,
    Duration hold,
    Duration frozen,
    Duration late,
    Duration down,
    boolean workerToo) {

  /** What is struck, where, how. */
  record Cell(Step step, Service service, Blow blow) {
    @Override
    public String toString() {
      return "%s at %s (%s)".formatted(blow.text(), step.text(), service.text());
    }
  }
}
