package io.timebridge.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a replay holds itself to: how far ahead of the workers, how fast, and of which time. */
class OutstandingTest {
  private final Outstanding outstanding = new Outstanding();

  private void published(String shard, long... sequences) {
    for (long sequence : sequences) {
      outstanding.published(shard, BigInteger.valueOf(sequence));
    }
  }

  @Test
  void a_checkpoint_takes_away_what_lies_at_or_below_it_in_its_shard_only() {
    published("a", 10, 30, 20);
    published("b", 15);
    outstanding.handledUpTo("a", BigInteger.valueOf(20));
    assertThat(outstanding.count()).isEqualTo(2);
    outstanding.handledUpTo("a", BigInteger.valueOf(30));
    assertThat(outstanding.shards()).containsExactly("b");
  }

  @Test
  void a_finished_shard_leaves_nothing() {
    published("a", 10, 20);
    outstanding.handled("a");
    outstanding.handled("never used");
    assertThat(outstanding.count()).isZero();
  }

  @Test
  void a_pace_is_kept_and_not_caught_up_after_a_pause() {
    AtomicLong nanos = new AtomicLong();
    Pace pace = new Pace(10, nanos::get);
    assertThat(pace.before(5)).isZero();
    assertThat(pace.before(1)).isEqualTo(Duration.ofMillis(500));
    nanos.set(Duration.ofMinutes(1).toNanos());
    assertThat(pace.before(1)).isZero();
    assertThat(pace.before(1)).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void a_window_begins_with_its_first_moment_and_ends_before_its_last() {
    Instant from = Instant.parse("2026-07-03T10:00:00Z");
    Window window = new Window(from, from.plusSeconds(1));
    assertThat(window.contains(from)).isTrue();
    assertThat(window.contains(from.plusMillis(999))).isTrue();
    assertThat(window.contains(from.plusSeconds(1))).isFalse();
    assertThat(window.contains(from.minusMillis(1))).isFalse();
  }
}
