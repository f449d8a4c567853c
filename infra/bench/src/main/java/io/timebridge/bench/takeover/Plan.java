package io.timebridge.bench.takeover;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * When what happens, drawn from a seed.
 *
 * @param steps by the time they come at
 */
record Plan(List<Step> steps) {
  /** What happens during a run. */
  enum Event {
    SPLIT,
    MERGE,
    KILL
  }

  /**
   * @param afterRecords put
   */
  record Step(Event event, int afterRecords) {}

  /** Split and merge come between 10 and 70 %, the kill between 25 and 45 % of the records. */
  static Plan of(long seed, int records) {
    // Neighbouring seeds begin alike, unless they are stirred.
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    List<Step> steps = new ArrayList<>();
    steps.add(new Step(Event.SPLIT, part(random, records, 10, 70)));
    steps.add(new Step(Event.MERGE, part(random, records, 10, 70)));
    steps.add(new Step(Event.KILL, part(random, records, 25, 45)));
    steps.sort(Comparator.comparingInt(Step::afterRecords));
    return new Plan(List.copyOf(steps));
  }

  private static int part(Random random, int records, int fromPercent, int toPercent) {
    return (int) (records * (long) random.nextInt(fromPercent * 100, toPercent * 100) / 10_000);
  }
}
