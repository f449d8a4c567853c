package io.timebridge.reconcile;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a comparison came to.
 *
 * @param entries of FirstService that were compared
 * @param timesheets of SecondService with a reference mark
 * @param foreign timesheets without one: people's own
 * @param drifts entries that differ
 * @param lost how many of them were never applied
 * @param kinds in what they differ; one entry may count for several
 * @param waits what is parked, under way or too young, by reason
 * @param notCompared entries that cannot be compared though nothing speaks against them, by reason
 * @param unsure suspicions about which SecondService's report would not settle
 * @param incomplete what could not be compared, for people; empty = everything was
 * @param repairs checks that were published
 * @param held what was not repaired though that was asked for, and why; for people
 * @param examples the first differences
 */
public record Result(
    Days days,
    Instant started,
    Instant ended,
    long entries,
    long timesheets,
    long foreign,
    long drifts,
    long lost,
    Map<Kind, Long> kinds,
    Map<String, Long> waits,
    Map<String, Long> notCompared,
    long unsure,
    List<String> incomplete,
    long repairs,
    List<String> held,
    List<Drift> examples) {
  public Result {
    kinds = Map.copyOf(kinds);
    waits = Map.copyOf(waits);
    notCompared = Map.copyOf(notCompared);
    incomplete = List.copyOf(incomplete);
    held = List.copyOf(held);
    examples = List.copyOf(examples);
  }

  /** Nothing was compared. */
  public static Result failed(Days days, Instant started, Instant ended, String problem) {
    Tally nothing = new Tally(0);
    nothing.incomplete(problem);
    return nothing.result(days, started, ended);
  }

  /** Everything was compared. */
  public boolean isComplete() {
    return incomplete.isEmpty() && unsure == 0;
  }

  /** Everything was compared, and nothing differs but what waits. */
  public boolean isEqual() {
    return isComplete() && drifts == 0;
  }
}
