package io.timebridge.local.sim.first;

import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;

/**
 * So many calls in each second of the clock.
 *
 * @implNote {@code lock} guards {@code second} and {@code used}.
 */
final class RateLimit {
  private final ReentrantLock lock = new ReentrantLock();
  private final InstantSource clock;
  private final int callsPerSecond;
  private long second;
  private int used;

  /** No limit when {@code callsPerSecond} is 0. */
  RateLimit(int callsPerSecond, InstantSource clock) {
    this.callsPerSecond = callsPerSecond;
    this.clock = clock;
  }

  boolean allows() {
    lock.lock();
    try {
      long now = clock.instant().getEpochSecond();
      used = now == second ? used + 1 : 1;
      second = now;
      return callsPerSecond == 0 || used <= callsPerSecond;
    } finally {
      lock.unlock();
    }
  }
}
