package io.timebridge.processors;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A time as a person types it. */
final class Moment {
  private static final Pattern AGO = Pattern.compile("([0-9]{1,6})([smhd])");

  private Moment() {}

  /**
   * Reads {@code 2026-07-03T10:00:00Z}, with any offset, or an age: {@code 90m} is so long before
   * {@code now}.
   *
   * @param option for the message
   * @throws Admin.Unusable when it is neither
   */
  static Instant parse(String option, String text, Instant now) {
    Matcher ago = AGO.matcher(text);
    if (ago.matches()) {
      long count = Long.parseLong(ago.group(1));
      return now.minus(
          switch (ago.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
          });
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException neither) {
      throw new Admin.Unusable(
          option
              + " "
              + Shown.line(text)
              + ": must be a time with its offset, as 2026-07-03T10:00:00Z, or an age, as 90m, 24h or 7d");
    }
  }
}
