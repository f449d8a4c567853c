package io.timebridge.processors;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Texts as they are fit for a terminal. */
final class Shown {
  private Shown() {}

  /** One line, without anything that a terminal would obey. */
  static String line(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  /** As {@link #line}, with its line breaks and tabs. */
  static String lines(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\n\t]]", "?");
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static String time(Instant time) {
    return time.equals(Instant.EPOCH) ? "unknown" : time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
