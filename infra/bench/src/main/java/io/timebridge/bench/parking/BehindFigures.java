package io.timebridge.bench.parking;

import java.util.ArrayList;
import java.util.List;

/**
 * What a run showed.
 *
 * @param alone the other keys before anything was parked
 * @param during the same while the row was worked off
 * @param seconds from the redrive until none waited
 * @param left events that still wait, as the row counts them
 * @param heapBytes most in use in the worker right after a garbage collection
 */
record BehindFigures(
    BehindOrder order,
    Behind.Others.Flow alone,
    Behind.Others.Flow during,
    double seconds,
    int left,
    RowJudge.Verdict verdict,
    long heapBytes) {
  /** The promises that were not kept, for people; empty = all held. */
  List<String> broken() {
    List<String> broken = new ArrayList<>();
    if (left != 0) {
      broken.add(left + " events still wait");
    }
    if (!verdict.holds()) {
      broken.add("SecondService was not told in order: " + verdict);
    }
    if (during.done() != during.edits()) {
      broken.add(
          "%d of the other keys' %d edits were not done"
              .formatted(during.edits() - during.done(), during.edits()));
    }
    return broken;
  }
}
