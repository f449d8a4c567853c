package io.timebridge.replay;

/**
 * How a replay goes.
 *
 * @param read events read so far
 * @param published of them put on the stream
 * @param done how much lies behind, 0 to 1
 * @param underWay published, and not yet handled as far as is known
 * @param waits whether it waits for the workers just now
 */
public record Progress(long read, long published, double done, int underWay, boolean waits) {}
