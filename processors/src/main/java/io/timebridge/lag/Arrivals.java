package io.timebridge.lag;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.DoubleBinaryOperator;

/**
 * What arrived in a time that was not read, by the rates at some of its moments. Between two
 * moments the rate is taken to be somewhere between theirs; what came and went unseen there is not
 * known.
 *
 * @param moments oldest first, the ends of the time among them
 */
public record Arrivals(List<Moment> moments) {
  /** What a shard takes in a second at most (Kinesis, "Quotas and limits"). */
  public static final int MOST_PER_SECOND = 1_000;

  /** No estimate is given where the rates leave room for more than so many times as much. */
  public static final int TIMES = 10;

  /** Nothing was seen. */
  public static final Arrivals UNSEEN = new Arrivals(List.of());

  public Arrivals {
    moments = List.copyOf(moments);
  }

  /**
   * The rate around a moment.
   *
   * @param perSecond records; more than {@value #MOST_PER_SECOND} count as that many
   */
  public record Moment(Instant at, double perSecond) {
    public Moment {
      perSecond = Math.clamp(perSecond, 0, MOST_PER_SECOND);
    }

    /** So many records within so long, or within the millisecond to which arrivals are told. */
    public static Moment of(Instant at, long records, Duration within) {
      return new Moment(at, records * 1000.0 / Math.max(1, within.toMillis()));
    }
  }

  /**
   * An estimate of these arrivals and of what was counted before them, together.
   *
   * @return empty when the most is more than {@value #TIMES} times the least
   */
  public OptionalLong with(long counted) {
    if (moments.size() < 2) {
      return OptionalLong.empty();
    }
    double least = counted + sum(Math::min);
    double most = counted + sum(Math::max);
    return most > TIMES * least
        ? OptionalLong.empty()
        : OptionalLong.of(counted + Math.round(sum((a, b) -> (a + b) / 2)));
  }

  private double sum(DoubleBinaryOperator rate) {
    double sum = 0;
    for (int i = 1; i < moments.size(); i++) {
      Moment from = moments.get(i - 1);
      Moment to = moments.get(i);
      double seconds = Math.max(0, Duration.between(from.at(), to.at()).toMillis()) / 1000.0;
      sum += seconds * rate.applyAsDouble(from.perSecond(), to.perSecond());
    }
    return sum;
  }
}
