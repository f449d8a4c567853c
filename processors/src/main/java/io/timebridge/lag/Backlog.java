package io.timebridge.lag;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a look into a shard showed, from its checkpoint on.
 *
 * <p>An answer without records from far behind the newest one proves nothing: neither that a record
 * waits nor that none does. A call sees a bounded time of the shard (the developer guide of
 * Kinesis, "GetRecords returns an empty records array even when there is data in the stream": to
 * bound the time that a call takes; the reference of GetRecords: "it might take multiple calls").
 * So {@code MillisBehindLatest} is above zero also where nothing is left to be read: after the last
 * record of an idle shard it is that record's age (aws/aws-sdk-java#2524, apache/druid#11005,
 * awslabs/spark-sql-kinesis-connector#49), and an empty shard took some 250 calls until it was zero
 * (qubole/kinesis-sql#87). Then nothing is known of what waits, unless a worker says so that reads
 * the shard itself: its reader has gone all the way.
 *
 * @param at when the look began
 * @param first when the first record after the checkpoint arrived; empty = none was seen
 * @param last when the newest record arrived; empty = not seen
 * @param counted records after the checkpoint that were read
 * @param whole whether these are all
 * @param unread by what time the reading was away from the newest record, at its end
 * @param rest what arrived after the records that were read, unless these are all
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
    Arrivals rest,
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
        Arrivals.UNSEEN,
        OptionalDouble.empty(),
        trouble);
  }

  private boolean isKnown() {
    return whole || first.isPresent();
  }

  /** Whether it was looked at without trouble, and nothing was seen. */
  private boolean isEmptyHanded() {
    return !isKnown() && trouble.isEmpty() && !unread.isZero();
  }

  /** Against the clock; zero when nothing waits, empty when that is not known. */
  public Optional<Figure<Duration>> behind() {
    return isKnown()
        ? Optional.of(
            Figure.measured(
                first.map(f -> notNegative(Duration.between(f, at))).orElse(Duration.ZERO)))
        : Optional.empty();
  }

  /**
   * How long the first record waits, or would if there were one where nobody looked, when that is
   * no more than the last minute; zero when none does, empty when that is not known.
   */
  public Optional<Duration> waits() {
    boolean near = isEmptyHanded() && unread.compareTo(RATE_OVER) <= 0;
    return behind().map(Figure::value).or(() -> near ? Optional.of(unread) : Optional.empty());
  }

  /** Why less was seen than asked for, or why it is not known what waits; empty = nothing. */
  public String note() {
    return isEmptyHanded()
        ? "Kinesis answers without a record, and not yet from the last "
            + Words.time(unread)
            + ": it is not known whether one waits"
        : trouble;
  }

  /**
   * After the checkpoint: counted; else with an estimate of the rest, and at least what was counted
   * where there is none. Empty when it is not known whether anything waits.
   */
  public Optional<Figure<Long>> records() {
    if (!isKnown()) {
      return Optional.empty();
    }
    OptionalLong all = whole ? OptionalLong.empty() : rest.with(counted);
    return Optional.of(
        whole
            ? Figure.measured(counted)
            : all.isPresent() ? Figure.estimated(all.getAsLong()) : Figure.atLeast(counted));
  }

  private static Duration notNegative(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
