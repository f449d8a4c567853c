package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.lag.Judge;
import io.timebridge.lag.OldestKey;
import io.timebridge.lag.Sample;
import io.timebridge.lag.ShardStatus;
import io.timebridge.ordering.ShardCounts;
import io.timebridge.ordering.Unfinished;
import io.timebridge.worker.ShardProgress;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShardWindowsTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private final ShardWindows windows = new ShardWindows();

  private static ShardProgress progress(long finished, int held, Optional<Duration> behind) {
    return new ShardProgress(
        "s",
        new ShardCounts(Math.min(held, 1), held, finished),
        finished == 0 ? Optional.empty() : Optional.of(BigInteger.valueOf(finished)),
        held == 0
            ? Optional.empty()
            : Optional.of(new Unfinished("s", "k", BigInteger.TEN, START, 3)),
        behind,
        Optional.of(START));
  }

  private ShardStatus next(int second, ShardProgress progress) {
    Map<String, List<ShardStatus>> all =
        windows.next(START.plusSeconds(second), Map.of("app", List.of(progress)));
    return all.get("app").getFirst();
  }

  private static Optional<Duration> seconds(long seconds) {
    return Optional.of(Duration.ofSeconds(seconds));
  }

  @Test
  void keeps_the_last_ten_samples_oldest_first() {
    ShardStatus last = next(0, progress(0, 0, seconds(0)));
    for (int i = 10; i < 250; i += 10) {
      last = next(i, progress(i, 2, seconds(i)));
    }
    assertThat(last.window()).hasSize(10);
    assertThat(last.window().getFirst())
        .isEqualTo(new Sample(START.plusSeconds(150), Duration.ofSeconds(150), 152, 150, 15));
    assertThat(last.window().getLast())
        .isEqualTo(new Sample(START.plusSeconds(240), Duration.ofMinutes(4), 242, 240, 24));
  }

  @Test
  void a_full_window_is_a_minute_long_however_often_samples_are_taken() {
    for (int i = 0; i < 300; i++) {
      List<Sample> window = next(i, progress(i, 2, seconds(i))).window();
      assertThat(window.getLast().at()).as("the newest").isEqualTo(START.plusSeconds(i));
      if (window.size() == 10) {
        assertThat(Duration.between(window.getFirst().at(), window.getLast().at()))
            .isBetween(Judge.LEAST_SPAN, Judge.LEAST_SPAN.plusSeconds(20));
      }
      assertThat(window.size()).isEqualTo(Math.min(10, i == 0 ? 1 : 2 + (i - 1) / 8));
    }
  }

  @Test
  void says_since_when_the_oldest_key_waits_by_the_arrival_of_its_record() {
    assertThat(next(60, progress(4, 2, seconds(90))).oldest())
        .contains(new OldestKey("k", START.minusSeconds(30), 3));
  }

  @Test
  void takes_no_sample_before_anything_was_read() {
    assertThat(next(0, progress(0, 0, Optional.empty())).window()).isEmpty();
  }

  @Test
  void begins_anew_when_a_shard_was_lost_and_taken_anew() {
    next(0, progress(5, 0, seconds(0)));
    assertThat(next(1, progress(2, 1, seconds(9))).window()).hasSize(1);

    windows.next(START.plusSeconds(2), Map.of("app", List.of()));
    assertThat(next(3, progress(7, 1, seconds(11))).window()).hasSize(1);
  }
}
