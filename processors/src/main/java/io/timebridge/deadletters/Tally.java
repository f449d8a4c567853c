package io.timebridge.deadletters;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is told of a problem: how many, since when, and the few things that failed most often. Holds
 * a bounded amount, however many are added. Used by one thread.
 */
final class Tally {
  private static final int MOST_CAUSES = 50;

  /**
   * Something that failed.
   *
   * @param sample one of the keys
   */
  record Cause(String what, long keys, String sample) {}

  private final Map<String, Cause> causes = new HashMap<>();
  private long keys;
  private long events;
  private long dead;
  private Instant oldest = Instant.MAX;

  /**
   * @param what failed; keys of which the same is said are one cause
   */
  void add(WaitingKey key, String what) {
    keys++;
    events += key.waiting();
    dead += key.state() == WaitingKey.State.DEAD ? 1 : 0;
    oldest = key.since().isBefore(oldest) ? key.since() : oldest;
    Cause before = causes.get(what);
    if (before != null) {
      causes.put(what, new Cause(what, before.keys() + 1, before.sample()));
    } else if (causes.size() < MOST_CAUSES) {
      causes.put(what, new Cause(what, 1, key.key()));
    }
  }

  long keys() {
    return keys;
  }

  long events() {
    return events;
  }

  long dead() {
    return dead;
  }

  Instant oldest() {
    return oldest;
  }

  /** Those of most keys first. */
  List<Cause> causes(int most) {
    return causes.values().stream()
        .sorted(Comparator.comparingLong(Cause::keys).reversed().thenComparing(Cause::what))
        .limit(most)
        .toList();
  }
}
