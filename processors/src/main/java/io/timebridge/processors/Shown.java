package io.timebridge.processors;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;

/** Texts as they are fit for a terminal. */
final class Shown {
  private Shown() {}

  /**
   * Control characters, those of eight bits included, line breaks of Unicode, and what changes the
   * direction of writing.
   */
  private static final String OBEYED =
      "\\p{Cc}\\p{Zl}\\p{Zp}\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069";

  private static final Pattern IN_A_LINE = Pattern.compile("[" + OBEYED + "]");
  private static final Pattern IN_LINES = Pattern.compile("[" + OBEYED + "&&[^\n\t]]");

  /** One line, without anything that a terminal would obey. */
  static String line(String text) {
    return IN_A_LINE.matcher(text).replaceAll(" ");
  }

  /** As {@link #line}, with its line breaks and tabs. */
  static String lines(String text) {
    return IN_LINES.matcher(text).replaceAll("?");
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static String time(Instant time) {
    return time.equals(Instant.EPOCH) ? "unknown" : time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
