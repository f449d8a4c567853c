package io.timebridge.local.traffic;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Seeded chance. {@link Random} because its algorithm is specified: a seed means the same plan on
 * every Java. Not thread-safe.
 */
final class Draw {
  private static final double[] SHARES = {0, 0.05, 0.25, 0.50, 0.75, 0.95, 1};
  private static final int[] SECONDS = {240, 1141, 2698, 4502, 6755, 10800, 25127};

  private final Random random;

  Draw(long seed) {
    this.random = new Random(seed);
  }

  /** From 0 to {@code bound} - 1. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** From {@code low} to {@code high}, both included. */
  int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** Exponentially distributed. */
  double exponential(double mean) {
    return -mean * Math.log(1 - random.nextDouble());
  }

  <T> T oneOf(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  <T> List<T> shuffled(List<T> all) {
    List<T> copy = new ArrayList<>(all);
    Collections.shuffle(copy, random);
    return copy;
  }

  /** {@code n} flags in random order, exactly the share of them (rounded) true. */
  boolean[] flags(int n, double share) {
    List<Boolean> flags = new ArrayList<>(Collections.nCopies(n, false));
    Collections.fill(flags.subList(0, (int) Math.round(n * share)), true);
    Collections.shuffle(flags, random);
    boolean[] result = new boolean[n];
    for (int i = 0; i < n; i++) {
      result[i] = flags.get(i);
    }
    return result;
  }

  /**
   * {@code n} durations in random order that lie on the measured quantiles, the longest included.
   */
  int[] durations(int n) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      all.add(quantile(n == 1 ? 0.5 : i / (double) (n - 1)));
    }
    return shuffled(all).stream().mapToInt(Integer::intValue).toArray();
  }

  /** One duration of the same distribution. */
  int duration() {
    return quantile(random.nextDouble());
  }

  /** The same, cut to a whole minute, or moved off it. */
  int onMinute(int seconds, boolean whole) {
    if (whole) {
      return Math.max(60, seconds - seconds % 60);
    }
    return seconds % 60 == 0 ? seconds - between(1, 59) : seconds;
  }

  private static int quantile(double share) {
    for (int i = 1; i < SHARES.length; i++) {
      if (share <= SHARES[i]) {
        double part = (share - SHARES[i - 1]) / (SHARES[i] - SHARES[i - 1]);
        return (int) Math.round(SECONDS[i - 1] + part * (SECONDS[i] - SECONDS[i - 1]));
      }
    }
    return SECONDS[SECONDS.length - 1];
  }
}
