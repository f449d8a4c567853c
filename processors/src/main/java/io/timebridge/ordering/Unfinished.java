package io.timebridge.ordering;

import java.math.BigInteger;
import java.time.Instant;

/**
 * A record that holds its shard's position back.
 *
 * @param acceptedAt when the lanes took it
 * @param attempts how often it has been handed to the handler so far
 */
public record Unfinished(
    String shard, String key, BigInteger sequence, Instant acceptedAt, int attempts) {}
