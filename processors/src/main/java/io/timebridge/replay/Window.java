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

  /** From the earlier beginning to the later end. */
  Window with(Window other) {
    return new Window(
        from.isBefore(other.from) ? from : other.from, to.isAfter(other.to) ? to : other.to);
  }

  boolean contains(Instant time) {
    return !time.isBefore(from) && time.isBefore(to);
  }
}
