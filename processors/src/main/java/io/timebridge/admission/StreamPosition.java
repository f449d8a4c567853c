package io.timebridge.admission;

import io.timebridge.stream.StreamName;
import java.math.BigInteger;

/**
 * Where a record stands.
 *
 * @param partitionKey as the record carries it; anything, up to 256 characters
 */
public record StreamPosition(
    StreamName stream, String shard, BigInteger sequence, String partitionKey) {}
