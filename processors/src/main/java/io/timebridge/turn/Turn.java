package io.timebridge.turn;

import io.timebridge.failure.StoreTrouble;
import java.time.Duration;

/**
 * Whose turn it is to do a piece of work. A process that dies loses its turn after the time for
 * which it took it. Processes' clocks may differ, and one may be frozen: two may have the turn for
 * a while, so the work must be such that this does no harm. Thread-safe.
 */
public interface Turn {
  /**
   * Takes the turn, or keeps it.
   *
   * @param holdFor from now on
   * @return false = another process has it
   */
  boolean take(Duration holdFor) throws StoreTrouble, InterruptedException;

  /**
   * Takes the turn, if the work was not done for that long, or never.
   *
   * @return false = it was, or another process has the turn
   */
  boolean takeAfter(Duration every, Duration holdFor) throws StoreTrouble, InterruptedException;

  /** The work is done: gives the turn back, and remembers when. */
  void done() throws StoreTrouble, InterruptedException;

  /** Gives the turn back; the work is not done. Does nothing when another process has it. */
  void give() throws StoreTrouble, InterruptedException;

  /** Always this process's: where there is only one. */
  static Turn always() {
    return new Turn() {
      @Override
      public boolean take(Duration holdFor) {
        return true;
      }

      @Override
      public boolean takeAfter(Duration every, Duration holdFor) {
        return true;
      }

      @Override
      public void done() {}

      @Override
      public void give() {}
    };
  }
}
