package io.timebridge.lag.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.lag.Drain;
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
  private String idleAt = "10";

  /** What the worker finishes of a shard that is behind, from sample to sample. */
  private long finishes;

  /** Shards whose worker does not tell of itself, and their checkpoints. */
  private Map<String, String> others = Map.of();

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
    lease("idle", "lives", counter, idleAt);
    lease("stands", "lives", counter, "1");
    lease("left", "died", 7, "1");
    others.forEach((shard, checkpoint) -> lease(shard, "silent", counter, checkpoint));
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
    tellAgain();
  }

  private void tellAgain() throws Exception {
    Instant now = time.now();
    new StatusRows(tables, settings.names())
        .write(
            new ProcessStatus(
                "lives",
                "1",
                FakeTime.START.minus(SINCE),
                now,
                Duration.ofSeconds(5),
                List.of(),
                Map.of(APPLICATION, List.of(told(now, "idle", false), told(now, "stands", true))),
                Map.of(APPLICATION, new Latency(new TreeMap<>(Map.of(130L, 3L))))));
  }

  private ShardStatus told(Instant now, String shard, boolean behind) {
    List<Sample> window = new ArrayList<>();
    for (int i = 9; i >= 0; i--) {
      Instant at = now.minusSeconds(10L * i);
      Duration by = Duration.between(FakeTime.START.minus(SINCE), at);
      window.add(new Sample(at, behind ? by : Duration.ZERO, 10, 1 + (9 - i) * finishes, 1));
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
    assertThat(stands.records()).contains(Figure.atLeast(9L));
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
  void what_is_known_at_least_is_not_known_to_be_worked_off_within_some_time() throws Exception {
    finishes = 50;
    tellAgain();
    ShardLine told = line(reader.glance(), "stands");
    assertThat(told.records()).contains(Figure.atLeast(9L));
    assertThat(told.drain()).isEqualTo(new Drain.Unknown());
    ShardLine read = line(reader.look(1), "stands");
    assertThat(read.records()).contains(Figure.measured(9L));
    assertThat(read.drain()).isEqualTo(new Drain.Within(Duration.ofMillis(1_800)));
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

  /** As Kinesis answers where nothing arrived for long: without records, and behind the latest. */
  private void answerEmptyHanded() {
    kinesis.reach = Duration.ofMinutes(2);
  }

  private LagReport watched() throws Exception {
    time.pass(Duration.ofSeconds(2));
    return reader.look(1);
  }

  /** One look at all, one of one who looks all the time, and some of a watch. */
  private LagReport ofEachKind(int look) throws Exception {
    tellAgain();
    return look == 0 ? reader.look(5) : look == 1 ? reader.glance() : watched();
  }

  @Test
  void an_idle_shard_is_idle_by_the_word_of_its_worker_however_kinesis_answers() throws Exception {
    answerEmptyHanded();
    for (int look = 0; look < 20; look++) {
      LagReport report = ofEachKind(look);
      ShardLine idle = line(report, "idle");
      assertThat(idle.state()).isEqualTo(State.IDLE);
      assertThat(idle.behind().orElseThrow().value()).isZero();
      assertThat(idle.records()).contains(Figure.measured(0L));
      assertThat(idle.note()).isEmpty();
    }
    tellAgain();
    assertThat(line(watched(), "stands").state())
        .as("where a record waits, its worker's word is not needed")
        .isEqualTo(State.STALLED);
  }

  @Test
  void an_empty_shard_is_idle_by_the_word_of_its_worker_however_kinesis_answers() throws Exception {
    answerEmptyHanded();
    kinesis.shard("idle");
    idleAt = "TRIM_HORIZON";
    renew();
    for (int look = 0; look < 20; look++) {
      LagReport report = ofEachKind(look);
      ShardLine idle = line(report, "idle");
      assertThat(idle.state()).isEqualTo(State.IDLE);
      assertThat(idle.behind().orElseThrow().value()).isZero();
      assertThat(idle.note()).isEmpty();
    }
  }

  private void assertNotBehindUntilTheTip(String shard, State unknown, State known)
      throws Exception {
    LagReport report = reader.look(5);
    for (int look = 0; line(report, shard).behind().isEmpty(); look++) {
      assertThat(look).isLessThan(50);
      assertThat(line(report, shard).state()).isEqualTo(unknown);
      assertThat(line(report, shard).records()).isEmpty();
      assertThat(line(report, shard).note()).contains("without a record");
      report = watched();
    }
    for (int look = 0; look < 40; look++) {
      assertThat(line(report, shard).state()).isEqualTo(known);
      assertThat(line(report, shard).behind()).contains(Figure.measured(Duration.ZERO));
      assertThat(line(report, shard).records()).contains(Figure.measured(0L));
      report = watched();
    }
  }

  @Test
  void an_idle_shard_whose_worker_does_not_tell_is_not_known_to_be_behind() throws Exception {
    answerEmptyHanded();
    kinesis.put("quiet", 10, 100, FakeTime.START.minus(SINCE));
    others = Map.of("quiet", "10");
    renew();
    assertNotBehindUntilTheTip("quiet", State.UNKNOWN, State.IDLE);
  }

  @Test
  void an_idle_and_an_empty_shard_without_a_worker_are_not_known_to_be_behind() throws Exception {
    answerEmptyHanded();
    kinesis.reach = Duration.ofMinutes(90); // a day to go where nothing ever arrived
    alive = false;
    kinesis.shard("empty");
    others = Map.of("empty", "TRIM_HORIZON");
    renew();
    assertNotBehindUntilTheTip("empty", State.NO_OWNER, State.NO_OWNER);
    answerEmptyHanded();
    kinesis.put("past", 10, 100, FakeTime.START.minus(SINCE));
    others = Map.of("past", "10");
    renew();
    assertNotBehindUntilTheTip("past", State.NO_OWNER, State.NO_OWNER);
  }
}
