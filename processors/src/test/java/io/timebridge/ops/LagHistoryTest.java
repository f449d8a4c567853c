package io.timebridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.lag.ApplicationLag;
import io.timebridge.lag.Drain;
import io.timebridge.lag.Figure;
import io.timebridge.lag.LagReport;
import io.timebridge.lag.Latency;
import io.timebridge.lag.ShardLine;
import io.timebridge.lag.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LagHistoryTest {
  private static final Instant START = Instant.parse("2026-07-03T10:00:00Z");

  private final LagHistory history = new LagHistory();

  private void look(int second, Optional<Duration> first, Optional<Duration> other) {
    history.add(
        new LagReport(
            START.plusSeconds(second),
            List.of(
                new ApplicationLag(
                    "jobs",
                    "a",
                    "s",
                    second == 5
                        ? new Latency(new TreeMap<>(Map.of(250L, 60L, 4_000L, 40L)))
                        : Latency.NONE,
                    List.of(shard("first", first), shard("other", other)))),
            List.of(),
            new io.timebridge.lag.Parked(0, 0, 0, Optional.empty(), false)));
  }

  private static ShardLine shard(String name, Optional<Duration> behind) {
    return new ShardLine(
        name,
        State.OK,
        "",
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        behind.map(Figure::measured),
        Optional.empty(),
        OptionalDouble.of(2),
        OptionalDouble.empty(),
        new Drain.Unknown(),
        Optional.empty(),
        "");
  }

  @Test
  void draws_the_shard_that_was_furthest_behind_and_leaves_gaps_where_nothing_was_seen() {
    look(0, Optional.of(Duration.ofSeconds(1)), Optional.of(Duration.ofMillis(2500)));
    look(5, Optional.empty(), Optional.of(Duration.ZERO));
    look(10, Optional.of(Duration.ofSeconds(9)), Optional.empty());
    LagHistory.Series series = history.series("jobs", 1);
    long at = START.getEpochSecond();
    assertThat(series.at()).containsExactly(at, at + 5, at + 10);
    assertThat(series.shards())
        .containsExactly(new LagHistory.Line("first", java.util.Arrays.asList(1f, null, 9f)));
    assertThat(series.others()).isEqualTo(1);
    assertThat(series.worst()).containsExactly(2.5f, 0f, 9f);
    assertThat(series.in()).containsExactly(4f, 4f, 4f);
    assertThat(series.out()).containsExactly(null, null, null);
    assertThat(series.median()).containsExactly(null, 0.25f, null);
    assertThat(series.most()).containsExactly(null, 4f, null);
  }

  @Test
  void keeps_the_newest_looks_and_no_more() {
    IntStream.range(0, LagHistory.POINTS + 10)
        .forEach(i -> look(i, Optional.of(Duration.ZERO), Optional.of(Duration.ZERO)));
    assertThat(history.series("jobs", 8).at())
        .hasSize(LagHistory.POINTS)
        .startsWith(START.getEpochSecond() + 10);
  }

  @Test
  void knows_nothing_of_an_application_that_is_not_there() {
    look(0, Optional.of(Duration.ZERO), Optional.empty());
    assertThat(history.series("nothing", 8).shards()).isEmpty();
  }
}
