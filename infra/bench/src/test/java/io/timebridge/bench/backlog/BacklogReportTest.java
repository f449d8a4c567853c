package io.timebridge.bench.backlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.bench.process.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BacklogReportTest {
  private static final int RECORDS = 200;
  private static final Peaks.Seen PEAKS = new Peaks.Seen(3 << 20, 2 << 20, 1 << 20, 100, 30_000);

  private static Report stands(int finished, long violations, long checkpoints, double seconds) {
    return new Report(
        new BacklogJudge.Seen(finished, 0, violations, 0), checkpoints, PEAKS, seconds);
  }

  private static BacklogReport report(Report stalled, long moved, Report drained) {
    BacklogOrder order =
        new BacklogOrder(
            RECORDS, 20, 300, 512 << 20, 1, 10, Duration.ofSeconds(1), Duration.ofMillis(1));
    return new BacklogReport(new BacklogFigures(order, 0.5, stalled, moved, drained));
  }

  @Test
  void holds_when_nothing_moved_and_everything_drained() {
    BacklogReport report = report(stands(0, 0, 0, 0), 0, stands(RECORDS, 0, 3, 2));
    assertThat(report.held()).isTrue();
    Map<?, ?> json = Json.read(report.json(), Map.class);
    assertThat(json.get("bench")).isEqualTo("backlog");
    assertThat(json.get("held")).isEqualTo(true);
    assertThat(json.get("heapMiB")).isEqualTo(512);
    assertThat(json.get("lost")).isEqualTo(0);
    assertThat(json.get("rate")).isEqualTo(100.0);
    assertThat(((Map<?, ?>) json.get("whole")).get("peakHeapAfterGcMiB")).isEqualTo(2.0);
    assertThat(report.json()).doesNotContain("\n");
  }

  @Test
  void does_not_hold_when_something_was_finished_or_moved_in_the_stall() {
    Report drained = stands(RECORDS, 0, 3, 2);
    assertThat(report(stands(1, 0, 0, 0), 0, drained).broken()).hasSize(1);
    assertThat(report(stands(0, 0, 1, 0), 0, drained).broken()).hasSize(1);
    assertThat(report(stands(0, 0, 0, 0), 1, drained).broken()).hasSize(1);
  }

  @Test
  void does_not_hold_when_a_record_is_missing_or_out_of_order() {
    Report stalled = stands(0, 0, 0, 0);
    List<String> missing = report(stalled, 0, stands(RECORDS - 1, 0, 3, 2)).broken();
    assertThat(missing).singleElement().asString().startsWith("1 records not done");
    assertThat(report(stalled, 0, stands(RECORDS, 2, 3, 2)).broken())
        .containsExactly("2 order violations");
  }
}
