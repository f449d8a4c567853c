package io.timebridge.bench.takeover;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one run showed.
 *
 * @param carriedOutBy effects by what the worker was: killed, survivor, replacement
 * @param shardsTaken shards that the killed worker held
 * @param leasesTakenSeconds from the kill until the survivor held the last of them; {@link
 *     #NEVER_SECONDS} when it did not
 * @param firstRecordSeconds from the kill until the survivor was at a record of each of them, of
 *     those that had one
 * @param replacementSeconds from the replacement's launch until it held a shard
 * @param events for people
 */
record RunFigures(
    long seed,
    Verdict verdict,
    Redeliveries redeliveries,
    Map<String, Long> carriedOutBy,
    int shardsTaken,
    double leasesTakenSeconds,
    double firstRecordSeconds,
    double replacementSeconds,
    List<String> events) {
  static final double TAKEN_WITHIN_SECONDS = 10;
  static final double NEVER_SECONDS = 60;

  RunFigures {
    carriedOutBy = Map.copyOf(carriedOutBy);
    events = List.copyOf(events);
  }

  /** Until the survivor held everything, and worked on it. */
  double takeoverSeconds() {
    return Math.max(leasesTakenSeconds, firstRecordSeconds);
  }

  /** The promises that were not kept, for people; empty = all held. */
  List<String> broken() {
    List<String> broken = new ArrayList<>();
    none(broken, verdict.lost(), "records lost");
    none(broken, verdict.orderViolations(), "order violations");
    none(broken, verdict.doubled(), "effects doubled");
    none(broken, verdict.strangers(), "effects of records that nobody put");
    if (shardsTaken == 0) {
      broken.add("the killed worker held no shard: nothing was proven");
    }
    if (redeliveries.mostReads() > 1) {
      broken.add("a redelivered record needed %d reads".formatted(redeliveries.mostReads()));
    }
    if (takeoverSeconds() > TAKEN_WITHIN_SECONDS) {
      broken.add(
          "the survivor needed %.1f s, not %.0f"
              .formatted(takeoverSeconds(), TAKEN_WITHIN_SECONDS));
    }
    return broken;
  }

  private static void none(List<String> broken, long count, String what) {
    if (count != 0) {
      broken.add(count + " " + what);
    }
  }
}
