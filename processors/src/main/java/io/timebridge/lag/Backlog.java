package io.timebridge.lag;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a look into a shard showed, from its checkpoint on.
 *
 * @param at when the look began
 * @param first when the first record after the checkpoint arrived; empty = none was seen
 * @param last when the newest record arrived; empty = not seen
 * @param counted records after the checkpoint that were read
 * @param whole whether these are all
 * @param unread by what time the reading was away from the newest record, at its end
 * @param read records per second among those that were read; empty = too few
 * @param in records that arrived per second over {@link #RATE_OVER}; empty = not seen
 * @param trouble why less was seen than asked for; empty = nothing
 */
public record Backlog(
    Instant at,
    Optional<Instant> first,
    Optional<Instant> last,
    long counted,
    boolean whole,
    Duration unread,
    OptionalDouble read,
    OptionalDouble in,
    String trouble) {
  /** What the rate of arrivals is taken over: a minute. */
  public static final Duration RATE_OVER = Duration.ofMinutes(1);

  /** Nothing could be seen. */
  public static Backlog unseen(Instant at, String trouble) {
    return new Backlog(
        at,
        Optional.empty(),
        Optional.empty(),
        0,
        false,
        Duration.ZERO,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        trouble);
  }

  private boolean isUnseen() {
    return !whole && first.isEmpty() && unread.isZero();
  }

  /** Against the clock. Kinesis may answer without records far from the newest one. */
  Optional<Figure<Duration>> behind() {
    if (isUnseen()) {
      return Optional.empty();
    }
    if (first.isPresent()) {
      return Optional.of(Figure.measured(notNegative(Duration.between(first.get(), at))));
    }
    return Optional.of(whole ? Figure.measured(Duration.ZERO) : Figure.estimated(unread));
  }

  /** How long the first record waits; zero when none does, empty when that could not be seen. */
  public Optional<Duration> waits() {
    return behind().map(Figure::value);
  }

  /** Counted; else what was counted, and the rest by the rates at both of its ends. */
  Optional<Figure<Long>> records() {
    if (isUnseen()) {
      return Optional.empty();
    }
    if (whole) {
      return Optional.of(Figure.measured(counted));
    }
    double rate =
        read.isPresent() && in.isPresent()
            ? (read.getAsDouble() + in.getAsDouble()) / 2
            : read.orElse(in.orElse(0));
    return Optional.of(Figure.estimated(counted + Math.round(rate * unread.toMillis() / 1000)));
  }

  private static Duration notNegative(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
