package io.timebridge.stream;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The id of a FirstService entry: a whole number from 1 to 2^63 - 1. Its decimal form, without sign
 * or leading zeros, is the ordering key of the entry's events.
 */
public record EntryId(long value) implements Comparable<EntryId> {
  private static final Pattern DIGITS = Pattern.compile("[1-9][0-9]{0,18}");

  public EntryId {
    if (value < 1) {
      throw new IllegalArgumentException("an entry id is at least 1: " + value);
    }
  }

  /**
   * Reads the decimal form; empty for anything else (sign, fraction, exponent, leading zero, more
   * than 2^63 - 1).
   */
  public static Optional<EntryId> parse(String digits) {
    if (!DIGITS.matcher(digits).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new EntryId(Long.parseLong(digits)));
    } catch (NumberFormatException tooLarge) {
      return Optional.empty();
    }
  }

  /** The ordering key of this entry's events. */
  public String key() {
    return Long.toString(value);
  }

  @Override
  public int compareTo(EntryId other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return key();
  }
}
