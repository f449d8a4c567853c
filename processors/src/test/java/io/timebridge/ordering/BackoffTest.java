package io.timebridge.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Duration BASE = Duration.ofMillis(100);
  private static final Duration MAX = Duration.ofSeconds(5);
  private final Backoff backoff = new Backoff(BASE, MAX, new Random(7));

  @Test
  void doubles_from_the_base_to_the_maximum_with_the_upper_half_random() {
    for (int attempt = 1; attempt <= 200; attempt++) {
      long full = attempt > 6 ? 5000 : Math.min(5000, 100L << (attempt - 1));
      assertThat(backoff.after(attempt, Optional.empty()).toMillis())
          .as("attempt %d", attempt)
          .isBetween(full / 2, full);
    }
  }

  @Test
  void spreads_keys_that_failed_together() {
    assertThat(
            java.util.stream.IntStream.range(0, 100)
                .mapToObj(i -> backoff.after(10, Optional.empty()))
                .distinct()
                .count())
        .isGreaterThan(50);
  }

  @Test
  void waits_at_least_as_long_as_asked_even_beyond_the_maximum() {
    Duration asked = Duration.ofSeconds(40);
    for (int i = 0; i < 100; i++) {
      assertThat(backoff.after(1, Optional.of(asked)))
          .isBetween(asked, asked.plus(Duration.ofSeconds(4)));
    }
  }

  @Test
  void takes_a_negative_wait_as_none() {
    assertThat(backoff.after(1, Optional.of(Duration.ofSeconds(-1)))).isZero();
  }

  @Test
  void takes_an_absurd_wait_as_a_day() {
    assertThat(backoff.after(1, Optional.of(Duration.ofSeconds(Long.MAX_VALUE))))
        .isBetween(Duration.ofDays(1), Duration.ofHours(27));
  }

  @Test
  void refuses_a_base_that_is_not_positive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Backoff(Duration.ZERO, MAX, new Random(1)));
  }
}
