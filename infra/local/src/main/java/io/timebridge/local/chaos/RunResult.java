package io.timebridge.local.chaos;

import io.timebridge.local.chaos.Strike.Cell;
import io.timebridge.local.traffic.LedgerJudge.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What one run came to.
 *
 * @param struck what was struck
 * @param missed strikes whose moment never came
 * @param atRest whether everything was finished when it was judged
 * @param diedAlone workers that ended without having been killed
 * @param admitted calls that arrived right after a freeze
 */
record RunResult(
    long seed,
    int entries,
    Verdict verdict,
    List<Cell> struck,
    List<Cell> missed,
    boolean atRest,
    int diedAlone,
    int admitted,
    Duration took) {
  RunResult {
    struck = List.copyOf(struck);
    missed = List.copyOf(missed);
  }

  boolean failed() {
    return !verdict.clean() || !atRest || diedAlone > 0;
  }

  /** What was wrong, for people. */
  List<String> problems() {
    List<String> problems = new ArrayList<>(verdict.findings());
    if (!atRest) {
      problems.add("not at rest: records were unfinished, or calls under way, to the end");
    }
    if (diedAlone > 0) {
      problems.add(diedAlone + " workers ended by themselves");
    }
    return problems;
  }

  String line() {
    return "seed %d: %d entries, %d of %d strikes, lost %d, doubled %d, stale %d, out of order %d, transients %d (longest %d ms, %d calls admitted), %.1f s"
        .formatted(
            seed,
            entries,
            struck.size(),
            struck.size() + missed.size(),
            verdict.lost(),
            verdict.doubled(),
            verdict.stale(),
            verdict.outOfOrder(),
            verdict.transients(),
            verdict.longestTransient().toMillis(),
            admitted,
            took.toMillis() / 1000.0);
  }
}
