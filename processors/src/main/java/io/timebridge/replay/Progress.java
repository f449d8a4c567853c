package io.timebridge.replay;

/**
 * How a replay goes.
 *
 * @param read events read so far
 * @param published of them put on the stream
 * @param done how much lies behind, 0 to 1
 * @param underWay published, and not yet handled as far as is known
 * @param waiting what it waits for just now
 */
public record Progress(long read, long published, double done, int underWay, Waiting waiting) {
  /** What is waited for. */
  public enum Waiting {
    NOT,
    /** Until the workers have handled more of what was published. */
    WORKERS,
    /** Until an earlier run of the same replay, perhaps dead, holds it no more. */
    EARLIER_RUN
  }
}
