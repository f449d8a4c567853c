package io.timebridge.bench.takeover;

import io.timebridge.bench.scenario.Amounts;
import java.time.Duration;

/**
 * What to play; checked when it is made.
 *
 * @param records of a run, 100 to 1,000,000
 * @param keys 2 to 100,000
 * @param latency of an effect, 1 ms to 5 s
 * @param concurrency keys in flight per worker, 1 to 10,000
 * @param shards of the stream in the beginning, 2 to 32
 * @param rate records put per second, 10 to 20,000, at most half of what two workers could carry
 *     out
 * @param runs 1 to 100
 * @param seed of the first run; each further one has the next
 */
record TakeoverOrder(
    int records,
    int keys,
    Duration latency,
    int concurrency,
    int shards,
    int rate,
    int runs,
    long seed,
    Plant plant) {
  static final Duration SHORTEST = Duration.ofMillis(1);
  static final Duration LONGEST = Duration.ofSeconds(5);
  private static final int MOST_SECONDS = 1800;

  TakeoverOrder {
    Amounts.between("--records", records, 100, 1_000_000);
    Amounts.between("--keys", keys, 2, 100_000);
    Amounts.between("--concurrency", concurrency, 1, 10_000);
    Amounts.between("--shards", shards, 2, 32);
    Amounts.between("--rate", rate, 10, 20_000);
    Amounts.between("--runs", runs, 1, 100);
    if (rate > mostRate(concurrency, keys, latency)) {
      throw new IllegalArgumentException(
          "--rate is more than half of what two workers can carry out with this latency, concurrency and number of keys (%d/s): %d"
              .formatted(mostRate(concurrency, keys, latency), rate));
    }
    if (records / rate > MOST_SECONDS) {
      throw new IllegalArgumentException(
          "--records / --rate must be at most %d seconds: %d"
              .formatted(MOST_SECONDS, records / rate));
    }
  }

  private static long mostRate(int concurrency, int keys, Duration latency) {
    return Math.min(concurrency * 2L, keys) * 500 / latency.toMillis();
  }

  /** How long putting takes. */
  Duration putting() {
    return Duration.ofMillis(records * 1000L / rate);
  }
}
