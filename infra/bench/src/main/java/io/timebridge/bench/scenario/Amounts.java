package io.timebridge.bench.scenario;

import java.time.Duration;

/** What the values of options say; whoever calls tells the person. */
public final class Amounts {
  private static final int MIB = 1 << 20;

  private Amounts() {}

  /**
   * @throws IllegalArgumentException when {@code value} is outside of the bounds
   */
  public static void between(String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d: %d".formatted(option, least, most, value));
    }
  }

  /**
   * A whole number with {@code ms} or {@code s} behind it.
   *
   * @throws IllegalArgumentException when it is none, or outside of the bounds
   */
  public static Duration duration(String option, String text, Duration least, Duration most) {
    Duration duration =
        Duration.ofMillis(
            text.endsWith("ms")
                ? number(option, text, "ms", "like 20ms")
                : number(option, text, "s", "like 20ms or 2s") * 1000);
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "%s must be %dms to %dms: %s".formatted(option, least.toMillis(), most.toMillis(), text));
    }
    return duration;
  }

  /**
   * A whole number with {@code m} or {@code g} behind it, in bytes.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static long bytes(String option, String text) {
    return text.endsWith("g")
        ? number(option, text, "g", "like 2g") * 1024 * MIB
        : number(option, text, "m", "like 512m or 2g") * MIB;
  }

  private static long number(String option, String text, String unit, String example) {
    if (!text.matches("[0-9]{1,9}" + unit)) {
      throw new IllegalArgumentException(
          "%s must be a whole number with its unit behind it, %s: %s"
              .formatted(option, example, text));
    }
    return Long.parseLong(text.substring(0, text.length() - unit.length()));
  }
}
