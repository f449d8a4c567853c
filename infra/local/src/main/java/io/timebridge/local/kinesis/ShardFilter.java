package io.timebridge.local.kinesis;

/**
 * Which shards ListShards returns; the names and meanings are those of the API's ShardFilterType.
 */
sealed interface ShardFilter {

  /** Shards whose index is greater. */
  record AfterShard(int index) implements ShardFilter {}

  /** Shards that were open at the trim horizon. */
  record AtTrimHorizon() implements ShardFilter {}

  /** Every shard that has not expired. */
  record FromTrimHorizon() implements ShardFilter {}

  /** Shards that are open now. */
  record AtLatest() implements ShardFilter {}

  /**
   * Shards that were open at the time. A time before the trim horizon counts as the trim horizon.
   */
  record AtTimestamp(long millis) implements ShardFilter {}

  /**
   * Shards that were open at the time or later. A time before the trim horizon counts as the trim
   * horizon.
   */
  record FromTimestamp(long millis) implements ShardFilter {}

  /** Whether the filter lets a shard of a stream with that trim horizon through. */
  default boolean admits(Shard shard, long trimHorizonMillis) {
    return switch (this) {
      case AfterShard after -> shard.index() > after.index();
      case AtTrimHorizon _ -> shard.wasOpenAt(trimHorizonMillis);
      case FromTrimHorizon _ -> true;
      case AtLatest _ -> shard.isOpen();
      case AtTimestamp at -> shard.wasOpenAt(Math.max(at.millis(), trimHorizonMillis));
      case FromTimestamp from -> !shard.closedBefore(Math.max(from.millis(), trimHorizonMillis));
    };
  }
}
