package io.timebridge.ingest.poller;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A monotonic clock that can be waited on until it is stopped. Thread-safe. */
interface Pacer {
  long nanos();

  /**
   * Waits until {@link #nanos} has reached that time.
   *
   * @return false when stopped, at once
   */
  boolean waitUntil(long nanos) throws InterruptedException;

  /** Ends every wait, now and later. */
  void stop();

  /** The machine's own clock. */
  static Pacer system() {
    CountDownLatch stopped = new CountDownLatch(1);
    return new Pacer() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public boolean waitUntil(long nanos) throws InterruptedException {
        return !stopped.await(Math.max(0, nanos - System.nanoTime()), TimeUnit.NANOSECONDS);
      }

      @Override
      public void stop() {
        stopped.countDown();
      }
    };
  }
}
