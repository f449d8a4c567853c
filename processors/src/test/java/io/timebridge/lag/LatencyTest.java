package io.timebridge.lag;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LatencyTest {
  private static Latency of(Map<Long, Long> counts) {
    return new Latency(new TreeMap<>(counts));
  }

  @Test
  void tells_within_which_time_a_part_of_the_events_had_their_effect() {
    Latency latency = of(Map.of(100L, 50L, 200L, 49L, 9_000L, 1L));
    assertThat(latency.within(0)).hasValue(Duration.ofMillis(100));
    assertThat(latency.within(0.5)).hasValue(Duration.ofMillis(100));
    assertThat(latency.within(0.51)).hasValue(Duration.ofMillis(200));
    assertThat(latency.within(0.99)).hasValue(Duration.ofMillis(200));
    assertThat(latency.within(1)).hasValue(Duration.ofSeconds(9));
  }

  @Test
  void without_an_event_there_is_no_time() {
    assertThat(Latency.NONE.events()).isZero();
    assertThat(Latency.NONE.within(0.5)).isEmpty();
  }

  @Test
  void what_several_processes_tell_is_put_together_as_if_one_had_seen_it() {
    Latency quick = of(Map.of(100L, 98L));
    Latency slow = of(Map.of(100L, 1L, 30_000L, 1L));
    assertThat(Latency.sum(List.of(quick, slow))).isEqualTo(of(Map.of(100L, 99L, 30_000L, 1L)));
    assertThat(Latency.sum(List.of(quick, slow)).within(0.99)).hasValue(Duration.ofMillis(100));
  }
}
