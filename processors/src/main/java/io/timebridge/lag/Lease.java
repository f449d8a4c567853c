package io.timebridge.lag;

import java.util.Optional;

/**
 * A shard's lease as KCL keeps it.
 *
 * @param owner empty = given back, or never taken
 * @param counter grows with every renewal
 * @param checkpoint a sequence number, {@code TRIM_HORIZON}, {@code LATEST} or {@code SHARD_END}
 * @param switches of the owner since the last checkpoint
 */
public record Lease(
    String shard, Optional<String> owner, long counter, String checkpoint, long switches) {
  static final String SHARD_END = "SHARD_END";

  /** Whether everything in the shard is done, and nothing will come. */
  public boolean isDone() {
    return checkpoint.equals(SHARD_END);
  }
}
