package io.timebridge.timesheet;

import java.time.Duration;
import java.util.Set;

/**
 * An announced call to SecondService: written before the call, removed by its result. Whoever finds
 * one that is not its own waits its {@code span} before taking it over, for until then the call may
 * still land.
 *
 * @param token who announced it: process incarnation and a counter, never used twice
 * @param version the entry version it was written for
 * @param places every place at which an unresolved add may have landed; empty when no add is
 *     unresolved
 * @param span send-within + lands-within + visible-within of the process that wrote it
 */
public record Intent(String token, Op op, long version, Set<Place> places, Duration span) {
  /** What the call does. */
  public enum Op {
    ADD,
    UPDATE,
    DELETE
  }

  public Intent {
    places = Set.copyOf(places);
  }
}
