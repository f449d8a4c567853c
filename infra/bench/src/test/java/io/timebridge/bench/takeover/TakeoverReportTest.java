package io.timebridge.bench.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.bench.process.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TakeoverReportTest {
  private static final Verdict CLEAN = new Verdict(20, 0, 0, 0, 0, Map.of("w", 20L));
  private static final Redeliveries ONE_READ = new Redeliveries(3, 2, 1, 1);

  private static RunFigures run(Verdict verdict, Redeliveries redeliveries, double seconds) {
    return run(verdict, redeliveries, 2, seconds);
  }

  private static RunFigures run(
      Verdict verdict, Redeliveries redeliveries, int shardsTaken, double seconds) {
    return new RunFigures(
        1,
        verdict,
        redeliveries,
        Map.of("survivor", 20L),
        shardsTaken,
        4.0,
        seconds,
        5.0,
        List.of("kill -9"));
  }

  private static TakeoverReport report(RunFigures... runs) {
    return new TakeoverReport(
        new TakeoverOrder(200, 20, Duration.ofMillis(5), 10, 2, 100, 1, 1, Plant.NONE),
        List.of(runs));
  }

  @Test
  void holds_when_every_promise_does() {
    TakeoverReport report = report(run(CLEAN, ONE_READ, 9.9));
    assertThat(report.held()).isTrue();
    Map<?, ?> json = Json.read(report.json(), Map.class);
    assertThat(json.get("bench")).isEqualTo("takeover");
    assertThat(json.get("held")).isEqualTo(true);
    assertThat(json.get("lost")).isEqualTo(0);
    assertThat(json.get("redelivered")).isEqualTo(3);
    assertThat(json.get("takeoverSecondsMax")).isEqualTo(9.9);
    assertThat((List<?>) json.get("runs")).hasSize(1);
    assertThat(report.json()).doesNotContain("\n");
  }

  @Test
  void does_not_hold_when_one_run_lost_doubled_or_reordered_something() {
    assertThat(broken(new Verdict(19, 1, 0, 0, 0, Map.of())))
        .containsExactly("seed 1: 1 records lost");
    assertThat(broken(new Verdict(20, 0, 2, 0, 0, Map.of())))
        .containsExactly("seed 1: 2 order violations");
    assertThat(broken(new Verdict(20, 0, 0, 3, 0, Map.of())))
        .containsExactly("seed 1: 3 effects doubled");
  }

  private static List<String> broken(Verdict verdict) {
    return report(run(CLEAN, ONE_READ, 1), run(verdict, ONE_READ, 1)).broken();
  }

  @Test
  void does_not_hold_when_the_killed_worker_held_nothing() {
    assertThat(report(run(CLEAN, ONE_READ, 0, 1)).broken()).hasSize(1);
  }

  @Test
  void does_not_hold_when_a_redelivery_needed_two_reads_or_the_takeover_too_long() {
    assertThat(report(run(CLEAN, new Redeliveries(1, 1, 2, 0), 1)).broken()).hasSize(1);
    assertThat(report(run(CLEAN, ONE_READ, 10.1)).broken())
        .containsExactly("seed 1: the survivor needed 10.1 s, not 10");
  }
}
