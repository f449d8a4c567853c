package io.timebridge.deadletters;

import io.timebridge.stream.Envelope;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One record of {@code Parked_Events}.
 *
 * @param sequence its place in its stream
 * @param reason why it is there; {@code FOLLOWS} = only because an earlier one of its key is
 * @param detail for people
 * @param firstFailure when it was parked
 * @param envelope empty where it cannot be read, or never could
 * @param version of the entry it speaks of, where it says so
 * @param discarded who gave it up, when and why; empty = it waits
 */
public record WaitingEvent(
    BigInteger sequence,
    String reason,
    String detail,
    Instant firstFailure,
    Optional<Envelope> envelope,
    OptionalLong version,
    Optional<Discarded> discarded) {
  /** That an event was given up. */
  public record Discarded(Instant at, String by, String why) {}
}
