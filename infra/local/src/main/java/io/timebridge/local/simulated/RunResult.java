package io.timebridge.local.simulated;

import io.timebridge.local.planted.Step;
import java.util.List;
import java.util.Map;

/**
 * How one simulated run ended.
 *
 * @param trace the same for every run that did the same
 * @param lost live entries without a timesheet at rest
 * @param doubled effects that left an entry with two timesheets, and entries with two at rest
 * @param stale timesheets whose content is not the newest at rest
 * @param outOfOrder effects of an older state after one of a newer state
 * @param stuck whether it did not come to rest
 * @param offNanos how long an entry showed two timesheets, or an older state after a newer one,
 *     each time that this was put right
 * @param struck how often a process was struck at each step
 * @param wrongs in words
 * @param lastLines of the trace, when words were kept
 */
record RunResult(
    long seed,
    long trace,
    int lost,
    int doubled,
    int stale,
    int outOfOrder,
    boolean stuck,
    List<Long> offNanos,
    Map<Step, Integer> struck,
    List<String> wrongs,
    List<String> lastLines) {

  boolean isRight() {
    return !shows() && !stuck;
  }

  /** Whether what SecondService carried out is wrong. */
  boolean shows() {
    return lost > 0 || doubled > 0 || stale > 0 || outOfOrder > 0;
  }
}
