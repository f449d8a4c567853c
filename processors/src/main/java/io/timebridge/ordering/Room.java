package io.timebridge.ordering;

/**
 * How much may be held: by one shard, and by all shards together. Pure arithmetic, for records and
 * for bytes alike.
 *
 * <ul>
 *   <li>A shard that holds nothing always takes one record: nothing can stop it for good.
 *   <li>A shard never holds more than {@code perShard}, and all together no more than {@code total}
 *       and an eighth of it, beyond by at most the one record that reached the limit.
 *   <li>The last eighth of {@code total} is kept for shards that hold less than their equal share,
 *       and the eighth beyond it for those that hold hardly anything: whoever comes late, or next
 *       to a shard whose records do not get done, gets its part.
 * </ul>
 *
 * @param perShard most that one shard holds, at least 1
 * @param total most that all shards together hold, at least 1
 */
record Room(long perShard, long total) {
  Room {
    if (perShard < 1 || total < 1) {
      throw new IllegalArgumentException(
          "what may be held is at least 1: per shard " + perShard + ", in all " + total);
    }
  }

  /**
   * Whether a shard may take one more record.
   *
   * @param held by the shard now
   * @param heldByAll by all shards now
   * @param shards that are open, this one among them
   */
  boolean isLeft(long held, long heldByAll, int shards) {
    if (held == 0) {
      return true;
    }
    if (held >= perShard) {
      return false;
    }
    long spare = total / 8;
    if (held < spare / shards) {
      return true;
    }
    return heldByAll < (held < total / shards ? total : total - spare);
  }
}
