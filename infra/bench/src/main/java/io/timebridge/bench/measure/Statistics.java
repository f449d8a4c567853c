package io.timebridge.bench.measure;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;

/** The arithmetic of the figures; pure. */
public final class Statistics {
  /** Share of a run that is left out at each end. */
  private static final double LEFT_OUT = 0.1;

  private Statistics() {}

  /**
   * A stretch of a run.
   *
   * @param fromMicros inclusive
   * @param toMicros exclusive
   */
  public record Window(long fromMicros, long toMicros) {
    /** The middle 80 % of a run. */
    public static Window middleOf(long beginMicros, long endMicros) {
      long leftOut = Math.round((endMicros - beginMicros) * LEFT_OUT);
      return new Window(beginMicros + leftOut, endMicros - leftOut);
    }

    public boolean contains(long micros) {
      return micros >= fromMicros && micros < toMicros;
    }

    public double seconds() {
      return (toMicros - fromMicros) / 1e6;
    }
  }

  /** The middle value; of an even number the mean of the middle two. NaN of none. */
  public static double median(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int half = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /**
   * The smallest value that at least this share of the values does not exceed. NaN of none.
   *
   * @param values in any order; left as they are
   * @param share above 0, at most 1
   */
  public static double percentile(long[] values, double share) {
    if (values.length == 0) {
      return Double.NaN;
    }
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }

  /** Waits that can end in a second: one key has one at a time. */
  public static double idealRate(int concurrency, int keys, Duration latency) {
    return Math.min(concurrency, keys) / (latency.toNanos() / 1e9);
  }

  /** What of the ideal rate was reached; above 1 where records are folded. */
  public static double efficiency(double rate, int concurrency, int keys, Duration latency) {
    return rate / idealRate(concurrency, keys, latency);
  }
}
