package io.timebridge.ordering;

/**
 * What of one shard is in the lanes, and has gone through them since it was taken.
 *
 * @param inFlight heads being handled now; with what they carry they may be more records
 * @param held records accepted and neither finished nor forgotten, those in flight among them
 * @param finished records finished, in any order
 */
public record ShardCounts(int inFlight, int held, long finished) {}
