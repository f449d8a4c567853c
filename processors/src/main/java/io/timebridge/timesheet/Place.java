package io.timebridge.timesheet;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Optional;

/** Where a timesheet can be found again: whose it is and on which day. */
public record Place(long personId, LocalDate day) {
  /** {@code 17|2026-07-03}. */
  public String text() {
    return personId + "|" + day;
  }

  /**
   * Reads {@link #text()}.
   *
   * @throws IllegalArgumentException when it is not such a text
   */
  public static Place parse(String text) {
    int bar = text.indexOf('|');
    if (bar < 1) {
      throw new IllegalArgumentException("not a place: " + text);
    }
    return new Place(
        Long.parseLong(text.substring(0, bar)), LocalDate.parse(text.substring(bar + 1)));
  }

  /** Reads {@link #text()} from outside; empty when it is not such a text. */
  static Optional<Place> find(String text) {
    try {
      return Optional.of(parse(text));
    } catch (IllegalArgumentException | DateTimeException notAPlace) {
      return Optional.empty();
    }
  }
}
