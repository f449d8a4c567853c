package io.timebridge.lag;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How an application stands.
 *
 * @param app its name in {@code worker.apps}
 * @param application KCL's name of it, with the deployment's prefix
 * @param stream that it consumes, with the prefix
 * @param latency of what its living workers applied in the last minute
 * @param shards those that there are, and those whose lease is not deleted yet; by name
 */
public record ApplicationLag(
    String app, String application, String stream, Latency latency, List<ShardLine> shards) {
  public ApplicationLag {
    shards = List.copyOf(shards);
  }

  /** Of its shards, the worst; {@link State#IDLE} without any. */
  public State state() {
    return shards.stream()
        .map(ShardLine::state)
        .max(Comparator.comparingInt(State::severity).thenComparing(Comparator.naturalOrder()))
        .orElse(State.IDLE);
  }

  /** The worst of its shards; empty when none could be seen. */
  public Optional<Figure<Duration>> behind() {
    return shards.stream()
        .flatMap(s -> s.behind().stream())
        .max(Comparator.comparing(Figure<Duration>::value));
  }

  /** Of all of its shards; at least those that could be seen. */
  public Figure<Long> records() {
    long sum = 0;
    boolean least = false;
    boolean estimate = false;
    for (ShardLine shard : shards) {
      least |= shard.records().map(Figure::isAtLeast).orElse(shard.state() != State.CLOSED);
      estimate |= shard.records().map(r -> !r.isMeasured()).orElse(false);
      sum += shard.records().map(Figure::value).orElse(0L);
    }
    return least ? Figure.atLeast(sum) : estimate ? Figure.estimated(sum) : Figure.measured(sum);
  }
}
