package io.timebridge.local.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final AtomicLong now = new AtomicLong(5);

  @Test
  void steps_are_never_closer_than_the_rate_allows_not_even_after_a_slow_one() throws Exception {
    Pace pace = new Pace(10, now::get, now::addAndGet);
    List<Long> starts = new ArrayList<>();
    for (long work : new long[] {0, 30_000_000, 900_000_000, 0, 0, 0}) {
      pace.await();
      starts.add(now.get());
      now.addAndGet(work);
    }
    for (int i = 1; i < starts.size(); i++) {
      assertThat(starts.get(i) - starts.get(i - 1)).isGreaterThanOrEqualTo(100_000_000);
    }
    assertThat(starts.getLast()).isLessThan(1_500_000_000);
  }

  @Test
  void refuses_a_rate_that_never_ends() {
    assertThatThrownBy(() -> new Pace(0, now::get, now::addAndGet))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Pace(Double.NaN, now::get, now::addAndGet))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
