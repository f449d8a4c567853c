package io.timebridge.lag.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.lag.Figure;
import io.timebridge.lag.LagReport;
import io.timebridge.lag.Latency;
import io.timebridge.lag.ProcessStatus;
import io.timebridge.lag.Sample;
import io.timebridge.lag.ShardLine;
import io.timebridge.lag.ShardStatus;
import io.timebridge.lag.State;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.StreamName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream of three shards: two of a worker that lives and tells, one of a dead worker. */
class LagReaderTest {
  private static final String APPLICATION = "timebridge-timesheets";
  private static final Duration SINCE = Duration.ofMinutes(20);

  private final FakeTime time = new FakeTime();
  private final FakeKinesis kinesis = new FakeKinesis(time::nanos, () -> {});
  private final Settings settings = new SettingsLoader().load((aws, path) -> Map.of()).settings();
  private boolean alive = true;
  private long counter;
  private final FakeTables tables = new FakeTables(table -> renew());
  private final LagReader reader =
      new LagReader(
          settings,
          EnumSet.of(StreamName.TIMESHEET_EVENTS),
          kinesis,
          kinesis,
          tables,
          new ClockOf(time),
          time::nanos,
          time::pass);

  private static final class ClockOf extends Clock {
    private final FakeTime time;

    ClockOf(FakeTime time) {
      this.time = time;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return time.now();
    }
  }

  private void renew() {
    if (alive) {
      counter++;
    }
    lease("idle", "lives", counter, "10");
    lease("stands", "lives", counter, "1");
    lease("left", "died", 7, "1");
  }

  private void lease(String shard, String owner, long renewed, String checkpoint) {
    tables.lease(APPLICATION, shard, owner, renewed, checkpoint);
  }

  @BeforeEach
  void tell() throws Exception {
    for (String shard : List.of("idle", "stands", "left")) {
      kinesis.put(shard, 10, 100, FakeTime.START.minus(SINCE));
    }
    renew();
    new StatusRows(tables, settings.names())
        .write(
            new ProcessStatus(
                "lives",
                "1",
                FakeTime.START.minus(SINCE),
                FakeTime.START,
                Duration.ofSeconds(5),
                List.of(),
                Map.of(APPLICATION, List.of(told("idle", false), told("stands", true))),
                Map.of(APPLICATION, new Latency(new TreeMap<>(Map.of(130L, 3L))))));
  }

  private static ShardStatus told(String shard, boolean behind) {
    List<Sample> window = new ArrayList<>();
    for (int i = 9; i >= 0; i--) {
      Instant at = FakeTime.START.minusSeconds(10L * i);
      Duration by = SINCE.minusSeconds(10L * i);
      window.add(new Sample(at, behind ? by : Duration.ZERO, 10, 1, 1));
    }
    return new ShardStatus(
        shard,
        behind ? 1 : 0,
        behind ? 9 : 0,
        Optional.empty(),
        Optional.of("1"),
        Optional.of(FakeTime.START.minus(SINCE)),
        window);
  }

  private static ShardLine line(LagReport report, String shard) {
    return report.applications().getFirst().shards().stream()
        .filter(line -> line.shard().equals(shard))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_glance_takes_the_word_of_workers_that_live_and_reads_only_the_shards_of_others()
      throws Exception {
    LagReport report = reader.glance();
    assertThat(kinesis.asked).extracting(FakeKinesis.Asked::shard).containsOnly("left");

    ShardLine idle = line(report, "idle");
    assertThat(idle.state()).isEqualTo(State.IDLE);
    assertThat(idle.records()).contains(Figure.measured(0L));
    ShardLine stands = line(report, "stands");
    assertThat(stands.state()).isEqualTo(State.STALLED);
    assertThat(stands.records()).contains(Figure.estimated(9L));
    assertThat(stands.behind().orElseThrow().value()).isGreaterThanOrEqualTo(SINCE);
    ShardLine left = line(report, "left");
    assertThat(left.state()).isEqualTo(State.NO_OWNER);
    assertThat(left.records()).contains(Figure.measured(9L));
    assertThat(report.applications().getFirst().latency().events()).isEqualTo(3);
  }

  @Test
  void a_glance_reads_also_what_a_worker_told_of_that_lives_no_more() throws Exception {
    alive = false;
    LagReport report = reader.glance();
    assertThat(kinesis.asked)
        .extracting(FakeKinesis.Asked::shard)
        .containsExactlyInAnyOrder("idle", "stands", "left");
    assertThat(line(report, "stands").records()).contains(Figure.measured(9L));
    assertThat(line(report, "stands").state()).isEqualTo(State.NO_OWNER);
  }

  @Test
  void a_look_reads_every_shard() throws Exception {
    LagReport report = reader.look(1);
    assertThat(kinesis.asked)
        .extracting(FakeKinesis.Asked::shard)
        .containsExactlyInAnyOrder("idle", "stands", "left");
    assertThat(line(report, "stands").records()).contains(Figure.measured(9L));
    assertThat(line(report, "stands").state()).isEqualTo(State.STALLED);
  }
}
