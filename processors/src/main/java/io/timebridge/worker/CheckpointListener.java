package io.timebridge.worker;

import java.math.BigInteger;
import java.util.Optional;

/** Is told of every checkpoint once it is written, on KCL's thread; must not throw. */
@FunctionalInterface
public interface CheckpointListener {
  CheckpointListener NONE = (shard, position) -> {};

  /**
   * @param position up to and including which everything is finished; empty = the shard has ended
   */
  void checkpointed(String shard, Optional<BigInteger> position);
}
