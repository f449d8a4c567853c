package io.timebridge.reconcile;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts up to a {@link Result}. For one thread. */
final class Tally {
  private static final int MOST_PROBLEMS = 50;

  private final int examplesWanted;
  private final Map<Kind, Long> kinds = new EnumMap<>(Kind.class);
  private final Map<String, Long> waits = new TreeMap<>();
  private final Map<String, Long> notCompared = new TreeMap<>();
  private final List<String> incomplete = new ArrayList<>();
  private final List<String> held = new ArrayList<>();
  private final List<Drift> examples = new ArrayList<>();
  private long entries;
  private long timesheets;
  private long foreign;
  private long drifts;
  private long lost;
  private long unsure;
  private long repairs;

  Tally(int examplesWanted) {
    this.examplesWanted = examplesWanted;
  }

  /** What a window showed, once that is final. */
  void window(long moreEntries, long moreTimesheets, long moreForeign) {
    entries += moreEntries;
    timesheets += moreTimesheets;
    foreign += moreForeign;
  }

  void drift(Drift drift) {
    drifts++;
    lost += drift.cause() == Cause.LOST ? 1 : 0;
    drift.kinds().forEach(kind -> kinds.merge(kind, 1L, Long::sum));
    if (examples.size() < examplesWanted) {
      examples.add(drift);
    }
  }

  void waits(String why) {
    waits.merge(why, 1L, Long::sum);
  }

  void notCompared(String why, long more) {
    notCompared.merge(why, more, Long::sum);
  }

  void unsure() {
    unsure++;
  }

  void repaired() {
    repairs++;
  }

  void incomplete(String problem) {
    if (incomplete.size() < MOST_PROBLEMS) {
      incomplete.add(problem);
    }
  }

  /** What is not repaired though it was asked for. */
  void held(String why) {
    held.add(why);
  }

  long entries() {
    return entries;
  }

  long timesheets() {
    return timesheets;
  }

  long repairs() {
    return repairs;
  }

  Result result(Days days, Instant started, Instant ended) {
    return new Result(
        days,
        started,
        ended,
        entries,
        timesheets,
        foreign,
        drifts,
        lost,
        kinds,
        waits,
        notCompared,
        unsure,
        incomplete,
        repairs,
        held,
        examples);
  }
}
