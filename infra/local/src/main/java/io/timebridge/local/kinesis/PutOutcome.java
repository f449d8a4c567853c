package io.timebridge.local.kinesis;

/** What became of one record put into a stream. */
sealed interface PutOutcome {

  /** Kept, under a sequence number greater than every one the stream gave out before. */
  record Stored(String shardId, String sequenceNumber) implements PutOutcome {}

  /** Not kept: the shard is over its limits. */
  record Throttled(String shardId) implements PutOutcome {}
}
