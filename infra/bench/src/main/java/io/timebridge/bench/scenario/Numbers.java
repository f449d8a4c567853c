package io.timebridge.bench.scenario;

/** Figures as they are printed. */
public final class Numbers {
  private Numbers() {}

  /** Bytes as MiB, to one decimal. */
  public static double mib(long bytes) {
    return rounded(bytes / (double) (1 << 20), 1);
  }

  /** Nanoseconds as seconds, to two decimals. */
  public static double seconds(long nanos) {
    return rounded(nanos / 1e9, 2);
  }

  public static double rounded(double value, int decimals) {
    double power = Math.pow(10, decimals);
    return Math.round(value * power) / power;
  }
}
