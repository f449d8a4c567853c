package io.timebridge.intent;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Tokens of this process, and since when it has seen the tokens that are open: a token may be taken
 * over once its span has passed on this process's own monotonic clock, since there is no clock all
 * processes share. Thread-safe; bounded (a token forgotten is waited for anew).
 *
 * @implNote {@code lock} guards {@code seen}.
 */
public final class IntentTokens {
  private static final int CAPACITY = 100_000;

  private final String incarnation;
  private final Duration visibleWithin;
  private final LongSupplier nanoTime;
  private final AtomicLong counter = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Sighting> seen =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Sighting> eldest) {
          return size() > CAPACITY;
        }
      };

  private record Sighting(long firstNanos, boolean settled) {}

  /**
   * @param incarnation unique per start of a process
   * @param visibleWithin how long an effect may stay invisible to a look-up
   * @param nanoTime monotonic, in nanoseconds
   */
  public IntentTokens(String incarnation, Duration visibleWithin, LongSupplier nanoTime) {
    this.incarnation = incarnation;
    this.visibleWithin = visibleWithin;
    this.nanoTime = nanoTime;
  }

  /** A new token; its span begins now. */
  public String next() {
    String token = incarnation + "-" + counter.incrementAndGet();
    saw(token);
    return token;
  }

  /**
   * Nothing sent under this token can land any more, nor will anything be sent: it is waited for
   * only until a look-up would show what did land.
   */
  public void settled(String token) {
    lock.lock();
    try {
      seen.put(token, new Sighting(nanoTime.getAsLong(), true));
    } finally {
      lock.unlock();
    }
  }

  /** Whether this process itself knows that nothing sent under it can land any more. */
  public boolean isSettled(String token) {
    lock.lock();
    try {
      Sighting sighting = seen.get(token);
      return sighting != null && sighting.settled();
    } finally {
      lock.unlock();
    }
  }

  /**
   * How long still to wait before the intent of that token may be taken over; zero = now.
   *
   * @param span as the intent names it
   */
  public Duration remaining(String token, Duration span) {
    Sighting sighting = saw(token);
    Duration wait = sighting.settled() ? visibleWithin : span;
    Duration left = wait.minusNanos(nanoTime.getAsLong() - sighting.firstNanos());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** The token is closed. */
  public void forget(String token) {
    lock.lock();
    try {
      seen.remove(token);
    } finally {
      lock.unlock();
    }
  }

  private Sighting saw(String token) {
    lock.lock();
    try {
      return seen.computeIfAbsent(token, t -> new Sighting(nanoTime.getAsLong(), false));
    } finally {
      lock.unlock();
    }
  }
}
