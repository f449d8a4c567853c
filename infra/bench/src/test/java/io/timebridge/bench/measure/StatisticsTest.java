package io.timebridge.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.bench.measure.Statistics.Window;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void leaves_out_a_tenth_of_the_run_at_each_end() {
    Window window = Window.middleOf(2_000_000, 12_000_000);

    assertThat(window).isEqualTo(new Window(3_000_000, 11_000_000));
    assertThat(window.seconds()).isEqualTo(8.0);
    assertThat(window.contains(2_999_999)).isFalse();
    assertThat(window.contains(3_000_000)).isTrue();
    assertThat(window.contains(11_000_000)).isFalse();
  }

  @Test
  void takes_the_middle_value_or_the_mean_of_the_middle_two() {
    assertThat(Statistics.median(List.of(3.0, 1.0, 100.0))).isEqualTo(3.0);
    assertThat(Statistics.median(List.of(4.0, 1.0, 2.0, 100.0))).isEqualTo(3.0);
    assertThat(Statistics.median(List.of())).isNaN();
  }

  @Test
  void takes_a_percentile_that_the_share_does_not_exceed() {
    long[] hundred = LongStream.rangeClosed(1, 100).map(i -> 101 - i).toArray();

    assertThat(Statistics.percentile(hundred, 0.5)).isEqualTo(50);
    assertThat(Statistics.percentile(hundred, 0.99)).isEqualTo(99);
    assertThat(Statistics.percentile(new long[] {7}, 0.99)).isEqualTo(7);
    assertThat(Statistics.percentile(new long[0], 0.5)).isNaN();
  }

  @Test
  void compares_with_as_many_waits_as_keys_and_concurrency_allow() {
    Duration latency = Duration.ofMillis(100);

    assertThat(Statistics.efficiency(970, 100, 1000, latency)).isEqualTo(0.97);
    assertThat(Statistics.efficiency(100, 100, 10, latency)).isEqualTo(1.0);
  }
}
