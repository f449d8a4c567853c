package io.timebridge.ops;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as people read them. */
public final class Times {
  private Times() {}

  /** To the second; {@code unknown} for 1970. */
  public static String at(Instant time) {
    return time.equals(Instant.EPOCH)
        ? "unknown"
        : time.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ').replace("Z", " UTC");
  }

  /** {@code 3 s}, {@code 4 min}, {@code 5 h}, {@code 6 days}: the two largest matter to nobody. */
  public static String length(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 2 * 3600) {
      return seconds / 60 + " min";
    }
    return seconds < 2 * 86_400 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
  }

  public static String since(Instant time, Instant now) {
    return time.equals(Instant.EPOCH) ? "unknown" : length(Duration.between(time, now));
  }
}
