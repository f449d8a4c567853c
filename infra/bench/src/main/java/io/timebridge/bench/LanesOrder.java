package io.timebridge.bench;

import io.timebridge.bench.measure.Statistics;
import java.time.Duration;
import java.util.List;

/**
 * What to measure; checked when it is made.
 *
 * @param latency of the work, 1 ms to 10 s
 * @param concurrency keys worked on at a time, 1 to 10,000
 * @param keys 1 to 100,000; at least 2 with a hot key
 * @param seconds of a run after its warm-up, 1 to 600
 * @param warmUp seconds before that, 0 to 60
 * @param shards of the stream, and partitions of the topic, 1 to 64
 * @param hotKeyPercent share of the records that one key has, 0 to 90
 * @param fold whether the hot key's waiting records go into one handling of Timebridge's
 * @param peers beside Timebridge
 * @param forks runs of each system, each in a JVM of its own, 1 to 20
 */
record LanesOrder(
    Duration latency,
    int concurrency,
    int keys,
    int seconds,
    int warmUp,
    int shards,
    int hotKeyPercent,
    boolean fold,
    List<Peer> peers,
    int forks,
    Feed feed) {
  /** Most records of a run: some 700 MB in the emulator. */
  static final int MOST_RECORDS = 1_500_000;

  /** A system that kept the ideal rate would not be out of records before its time is over. */
  private static final double MORE = 1.3;

  private static final int PLAIN_KCL_RECORDS_PER_SHARD = 200;

  LanesOrder {
    if (latency.compareTo(Duration.ofMillis(1)) < 0
        || latency.compareTo(Duration.ofSeconds(10)) > 0) {
      throw new IllegalArgumentException(
          "--latency must be 1ms to 10s: " + latency.toMillis() + "ms");
    }
    between("--concurrency", concurrency, 1, 10_000);
    between("--keys", keys, hotKeyPercent > 0 ? 2 : 1, 100_000);
    between("--seconds", seconds, 1, 600);
    between("--warm-up", warmUp, 0, 60);
    between("--shards", shards, 1, 64);
    between("--hot-key", hotKeyPercent, 0, 90);
    between("--forks", forks, 1, 20);
    peers = List.copyOf(peers);
  }

  private static void between(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d: %d".formatted(option, least, most, value));
    }
  }

  /** What a duration option says: a whole number with ms or s behind it. */
  static Duration duration(String option, String text) {
    try {
      if (text.endsWith("ms")) {
        return Duration.ofMillis(Integer.parseInt(text.substring(0, text.length() - 2)));
      }
      if (text.endsWith("s")) {
        return Duration.ofSeconds(Integer.parseInt(text.substring(0, text.length() - 1)));
      }
    } catch (NumberFormatException notANumber) {
      // said below
    }
    throw new IllegalArgumentException(
        option + " must be a whole number with ms or s behind it, like 100ms: " + text);
  }

  double idealRate() {
    return Statistics.idealRate(concurrency, keys, latency);
  }

  /** Records in the stream and the topic; a hot key's folded ones cost no wait of their own. */
  int records() {
    double perSecond = idealRate() / (1 - hotKeyPercent / 100.0);
    double wanted = perSecond * (seconds + warmUp) * MORE + 2.0 * concurrency;
    return (int) Math.min(MOST_RECORDS, wanted);
  }

  /** Records after which a run of plain KCL ends. */
  int plainKclRecords() {
    return Math.min(records(), PLAIN_KCL_RECORDS_PER_SHARD * shards);
  }

  boolean needsKafka() {
    return peers.contains(Peer.CPC);
  }

  boolean needsAws() {
    return feed == Feed.KINESIS || peers.contains(Peer.KCL);
  }
}
