package io.timebridge.bench.takeover;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the service's list says about the workers. Made of the list alone.
 *
 * @param carriedOut records carried out, each counted once
 * @param lost records put and never carried out
 * @param orderViolations effects that came after a later one of their key
 * @param doubled effects that had been carried out before
 * @param strangers effects of records that nobody put
 * @param byWorker effects of each worker
 */
record Verdict(
    long carriedOut,
    long lost,
    long orderViolations,
    long doubled,
    long strangers,
    Map<String, Long> byWorker) {

  /** Effects of one worker. */
  long of(String worker) {
    return byWorker.getOrDefault(worker, 0L);
  }

  /** Nothing lost, doubled, made up or out of order. */
  boolean clean() {
    return lost == 0 && orderViolations == 0 && doubled == 0 && strangers == 0;
  }

  /**
   * Judges.
   *
   * @param put per key, the number of its last record; they were numbered from 1 on
   * @param carried in the order of the service
   */
  static Verdict of(int[] put, List<Carried> carried) {
    Map<Integer, BitSet> done = new HashMap<>();
    Map<String, Long> byWorker = new TreeMap<>();
    long violations = 0;
    long doubled = 0;
    long strangers = 0;
    for (Carried effect : carried) {
      byWorker.merge(effect.worker(), 1L, Long::sum);
      if (effect.key() >= put.length || effect.number() > put[effect.key()]) {
        strangers++;
        continue;
      }
      BitSet ofKey = done.computeIfAbsent(effect.key(), _ -> new BitSet());
      if (ofKey.length() - 1 > effect.number()) {
        violations++;
      }
      if (ofKey.get(effect.number())) {
        doubled++;
      }
      ofKey.set(effect.number());
    }
    long distinct = done.values().stream().mapToLong(BitSet::cardinality).sum();
    long expected = 0;
    for (int numbers : put) {
      expected += numbers;
    }
    return new Verdict(
        distinct, expected - distinct, violations, doubled, strangers, Map.copyOf(byWorker));
  }
}
