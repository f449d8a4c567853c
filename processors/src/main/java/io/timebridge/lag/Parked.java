package io.timebridge.lag;

import java.time.Instant;
import java.util.Optional;

/**
 * What waits because it could not be applied.
 *
 * @param keys that wait, dead ones among them
 * @param records of them
 * @param dead keys that nothing tries again by itself
 * @param oldest since when the first of them waits
 * @param more whether there are more than were counted
 */
public record Parked(long keys, long records, long dead, Optional<Instant> oldest, boolean more) {}
