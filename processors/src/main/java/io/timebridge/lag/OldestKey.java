package io.timebridge.lag;

import java.time.Instant;

/**
 * The key whose record holds a shard's checkpoint back.
 *
 * @param since when the record arrived
 * @param attempts how often it was begun
 */
public record OldestKey(String key, Instant since, int attempts) {}
