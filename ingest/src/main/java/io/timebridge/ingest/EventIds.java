package io.timebridge.ingest;

import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Makes envelope ids: UUIDs of version 7 (RFC 9562, section 5.7). Unique, and ordered by time to
 * the millisecond. Thread-safe when its random generator is.
 */
public final class EventIds {
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * @param random 74 bits are taken from it per id; a {@link java.security.SecureRandom} outside
   *     tests
   */
  public EventIds(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** A new id, in the usual text form of 36 characters. */
  public String next() {
    long high = (clock.millis() << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }
}
