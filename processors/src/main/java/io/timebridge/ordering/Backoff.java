package io.timebridge.ordering;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long a record waits before it is handled again: exponential from {@code base}, at most {@code
 * max}, the upper half of it random, so that many keys that failed together do not come back
 * together.
 *
 * <p>As thread-safe as its randomness.
 */
public final class Backoff {
  /** The longest wait that can be asked for (a service's Retry-After may say anything): a day. */
  public static final Duration LONGEST_ASKED = Duration.ofDays(1);

  private static final int MOST_DOUBLINGS = 30;

  private final Duration base;
  private final Duration max;
  private final RandomGenerator random;

  /**
   * @param base wait after the first failure, positive
   * @param max longest wait, at least {@code base} (a smaller one counts as {@code base})
   */
  public Backoff(Duration base, Duration max, RandomGenerator random) {
    if (base.isNegative() || base.isZero()) {
      throw new IllegalArgumentException("the first wait must be positive: " + base);
    }
    this.base = base;
    this.max = max.compareTo(base) < 0 ? base : max;
    this.random = random;
  }

  /**
   * The wait after a failed attempt.
   *
   * @param attempts attempts made so far, at least 1
   * @param asked a wait that was asked for: it is kept, with up to a tenth more, instead of the
   *     exponential one; a negative one counts as none, one above {@link #LONGEST_ASKED} as that
   */
  public Duration after(int attempts, Optional<Duration> asked) {
    if (asked.isPresent()) {
      Duration least = asked.get();
      least = least.isNegative() ? Duration.ZERO : least;
      least = least.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : least;
      return least.plus(upTo(least.dividedBy(10)));
    }
    Duration wait = max;
    if (attempts - 1 < MOST_DOUBLINGS) {
      Duration doubled = base.multipliedBy(1L << (attempts - 1));
      wait = doubled.compareTo(max) < 0 ? doubled : max;
    }
    Duration half = wait.dividedBy(2);
    return half.plus(upTo(wait.minus(half)));
  }

  private Duration upTo(Duration most) {
    long millis = most.toMillis();
    return millis <= 0 ? Duration.ZERO : Duration.ofMillis(random.nextLong(millis + 1));
  }
}
