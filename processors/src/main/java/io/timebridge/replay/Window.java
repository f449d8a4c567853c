package io.timebridge.replay;

import java.time.Instant;

/**
 * From when to when: {@code from} belongs to it, {@code to} does not.
 *
 * @param from not after {@code to}
 */
public record Window(Instant from, Instant to) {
  public Window {
    if (from.isAfter(to)) {
      throw new IllegalArgumentException("a window begins before it ends: " + from + ", " + to);
    }
  }

  boolean contains(Instant time) {
    return !time.isBefore(from) && time.isBefore(to);
  }
}
