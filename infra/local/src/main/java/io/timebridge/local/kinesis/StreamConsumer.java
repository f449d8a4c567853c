package io.timebridge.local.kinesis;

/**
 * A registered consumer of a stream (enhanced fan-out). It can be registered and described; reading
 * through it is not offered here.
 *
 * @param createdAtMillis when it was registered
 */
record StreamConsumer(String name, long createdAtMillis) {}
