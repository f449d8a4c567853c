package io.timebridge.bench.server;

/**
 * Order: make a stream or topic and fill it.
 *
 * @param name of it
 * @param shards of it, or partitions
 * @param records in all
 */
public record Fill(String name, int shards, int keys, int hotKeyPercent, int records) {}
