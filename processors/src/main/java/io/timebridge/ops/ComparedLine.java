package io.timebridge.ops;

import java.time.Instant;
import java.util.List;

/**
 * The last comparison of both services, as the overview shows it.
 *
 * @param days from and to
 * @param equal everything was compared, and nothing differs
 * @param drifts entries that differ
 * @param lost how many of them were never applied
 */
public record ComparedLine(
    Instant ended,
    String days,
    boolean equal,
    boolean complete,
    long drifts,
    long lost,
    List<Kinds> kinds) {
  public ComparedLine {
    kinds = List.copyOf(kinds);
  }

  /** How many entries differ in one way. */
  public record Kinds(String word, String meaning, long entries) {}
}
