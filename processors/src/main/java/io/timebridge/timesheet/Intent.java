package io.timebridge.timesheet;

import io.timebridge.stream.Route;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
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
 * @param origin the event it was written for; for the row's {@link History} alone, and not read
 *     back
 */
public record Intent(
    String token, Op op, long version, Set<Place> places, Duration span, Optional<Origin> origin) {
  /** What the call does. */
  public enum Op {
    ADD,
    UPDATE,
    DELETE
  }

  /** Where an event came from. */
  public record Origin(BigInteger seq, Route route) {}

  public Intent {
    places = Set.copyOf(places);
  }

  /** As it is read back. */
  public Intent(String token, Op op, long version, Set<Place> places, Duration span) {
    this(token, op, version, places, span, Optional.empty());
  }

  /** The same, of that event. */
  public Intent of(Origin event) {
    return new Intent(token, op, version, places, span, Optional.of(event));
  }

  /** The same, as it is read back. */
  Intent readBack() {
    return new Intent(token, op, version, places, span);
  }
}
