package io.timebridge.lag;

import java.time.Duration;

/** Times as people read them. */
public final class Words {
  private Words() {}

  /**
   * Milliseconds below a second, tenths of it below ten, seconds below two minutes, minutes below
   * two hours, hours below two days.
   */
  public static String time(Duration time) {
    long millis = time.toMillis();
    if (millis < 1_000) {
      return millis + "ms";
    }
    if (millis < 10_000) {
      return millis / 1000 + "." + millis % 1000 / 100 + "s";
    }
    if (time.toSeconds() < 120) {
      return time.toSeconds() + "s";
    }
    if (time.toMinutes() < 120) {
      return time.toMinutes() + "m";
    }
    return time.toHours() < 48 ? time.toHours() + "h" : time.toDays() + "d";
  }
}
