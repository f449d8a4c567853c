package io.timebridge.lag;

/** How a shard stands, judged over a sliding window: see {@link Judge}. */
public enum State {
  /** Finished for good: split or merged, everything in it is done, its lease not deleted yet. */
  CLOSED(0),
  /** Nothing to do, and nothing arrived for a while. */
  IDLE(0),
  /** What arrives is worked off. */
  OK(0),
  /** Its records come after those of the shards that it was made of, which are not done. */
  WAITING(0),
  /** It has a worker, and nobody could say more. */
  UNKNOWN(1),
  /** Worked on, and not caught up. */
  BEHIND(1),
  /** Owned, with work to do, and nothing of it is done. */
  STALLED(2),
  /** No worker that lives has it. */
  NO_OWNER(2);

  private final int severity;

  State(int severity) {
    this.severity = severity;
  }

  /** 0 all is well, 1 behind, 2 somebody has to do something. */
  public int severity() {
    return severity;
  }
}
