package io.timebridge.worker;

/**
 * How this worker stands to a shard, as known in this process right now. KCL tells a record
 * processor of a lost lease only between its calls; this is asked in the middle of one.
 * Thread-safe.
 */
interface Ownership {
  /** How this worker stands to a shard. */
  enum Standing {
    OURS,
    /** Still ours, to be handed on: the worker stops, or another one is to take the shard. */
    LEAVING,
    LOST
  }

  Standing standing(String shard);

  /**
   * Gives the shard up from this side, so that somebody, this worker included, takes it anew from
   * its checkpoint.
   */
  void giveUp(String shard);
}
