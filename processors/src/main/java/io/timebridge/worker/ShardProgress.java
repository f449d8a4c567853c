package io.timebridge.worker;

import io.timebridge.ordering.ShardCounts;
import io.timebridge.ordering.Unfinished;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a worker is with a shard that it has.
 *
 * @param position up to it (inclusive) all is finished; empty while nothing is since the shard was
 *     taken
 * @param oldest the record that holds the position back; empty when nothing is held
 * @param behind as {@link Lag#behind()}; empty before the first answer of Kinesis
 * @param lastArrival of the newest record taken, to the second; empty while there is none
 */
public record ShardProgress(
    String shard,
    ShardCounts counts,
    Optional<BigInteger> position,
    Optional<Unfinished> oldest,
    Optional<Duration> behind,
    Optional<Instant> lastArrival) {}
