package io.timebridge.bench.backlog;

import io.timebridge.bench.scenario.Amounts;
import java.time.Duration;

/**
 * What to play; checked when it is made.
 *
 * @param records 100 to 3,000,000
 * @param keys 1 to 1,000,000, at most as many as records
 * @param bytes of a record, 8 to 65,536; at most 2 GiB of all
 * @param heap of the worker in bytes, 64 MiB to 16 GiB
 * @param shards 1 to 32
 * @param concurrency keys in flight, 1 to 10,000
 * @param stall for which the service does not answer, 1 s to 10 min
 * @param latency of the service after that, 0 to 1 s
 */
record BacklogOrder(
    int records,
    int keys,
    int bytes,
    long heap,
    int shards,
    int concurrency,
    Duration stall,
    Duration latency) {
  private static final Duration LONGEST_DRAIN = Duration.ofHours(1);
  private static final long MOST_BYTES = 2L << 30;

  BacklogOrder {
    Amounts.between("--records", records, 100, 3_000_000);
    Amounts.between("--keys", keys, 1, Math.min(records, 1_000_000));
    Amounts.between("--bytes", bytes, 8, 65_536);
    if ((long) records * bytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "--records times --bytes must be at most 2 GiB, which the embedded Kinesis holds: "
              + (long) records * bytes);
    }
    if (heap < 64L << 20 || heap > 16L << 30) {
      throw new IllegalArgumentException("--heap must be 64m to 16g: " + (heap >> 20) + "m");
    }
    Amounts.between("--shards", shards, 1, 32);
    Amounts.between("--concurrency", concurrency, 1, 10_000);
    if (drainsWithin(records, keys, concurrency, latency).compareTo(LONGEST_DRAIN) > 0) {
      throw new IllegalArgumentException(
          "with this latency and so few keys in flight, the records would not drain within an hour");
    }
  }

  /** Thrice what latency and machine would need, and a minute. */
  Duration drainsWithin() {
    return drainsWithin(records, keys, concurrency, latency);
  }

  private static Duration drainsWithin(int records, int keys, int concurrency, Duration latency) {
    // A sleep is late by some tenth of a millisecond; a record costs the machine as much.
    double millisEach = 0.2 + (latency.toMillis() + 0.2) / Math.min(concurrency, keys);
    return Duration.ofMillis((long) (3 * records * millisEach)).plusSeconds(60);
  }
}
