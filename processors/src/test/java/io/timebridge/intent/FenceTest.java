package io.timebridge.intent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FenceTest {
  private static final Duration SEND_WITHIN = Duration.ofSeconds(5);

  private final AtomicLong monotonic = new AtomicLong(Long.MAX_VALUE - 1_000); // overflows soon
  private final AtomicLong wall = new AtomicLong(1_700_000_000_000L);
  private final Fence fence =
      Fence.from(monotonic::get, () -> Instant.ofEpochMilli(wall.get()), SEND_WITHIN);

  @Test
  void closes_when_its_time_is_over_on_the_monotonic_clock() {
    monotonic.addAndGet(SEND_WITHIN.toNanos() - 1);
    assertThat(fence.getAsBoolean()).isTrue();
    monotonic.incrementAndGet();
    assertThat(fence.getAsBoolean()).isFalse();
  }

  @Test
  void closes_when_its_time_is_over_on_the_wall_clock() {
    wall.addAndGet(SEND_WITHIN.toMillis() - 1);
    assertThat(fence.getAsBoolean()).isTrue();
    wall.incrementAndGet();
    assertThat(fence.getAsBoolean()).isFalse();
  }

  @Test
  void stays_open_no_longer_when_the_wall_clock_jumps_back() {
    wall.addAndGet(-3_600_000);
    monotonic.addAndGet(SEND_WITHIN.toNanos());
    assertThat(fence.getAsBoolean()).isFalse();
  }
}
