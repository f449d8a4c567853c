package io.timebridge.ingest.poller;

import java.util.Optional;

/** When the poller looks. Used by the thread of the ticks. */
interface Ticks {
  /**
   * One look.
   *
   * @param number from 0, grows
   * @param skipped ticks that were left out since the one before
   */
  record Due(long number, long skipped) {}

  /** Waits for the next look, after the one before has ended; empty when stopped, soon. */
  Optional<Due> next() throws InterruptedException;
}
