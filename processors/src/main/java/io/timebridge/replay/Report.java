package io.timebridge.replay;

import java.util.Map;

/**
 * What a replay did, or would do.
 *
 * @param state of the whole
 * @param window that was read
 * @param counts events by what was to become of them, over all runs of the replay
 * @param lost when events may have come to a shard that the stream had let go of before they were
 *     read, by shard
 * @param underWay published by this run, and not yet handled as far as is known
 */
public record Report(
    State state, Window window, Map<Verdict, Long> counts, Map<String, Window> lost, int underWay) {
  /** How it ended. */
  public enum State {
    /** Nothing was written. */
    DRY_RUN,
    DONE,
    /** An earlier run has done it: nothing was done now. */
    DONE_BEFORE
  }

  public Report {
    counts = Map.copyOf(counts);
    lost = Map.copyOf(lost);
  }

  public long read() {
    return counts.values().stream().mapToLong(n -> n).sum();
  }

  /** How many go on the stream. */
  public long published() {
    return counts.entrySet().stream()
        .filter(e -> e.getKey().isPublished())
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
