package io.timebridge.lag;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaseSightsTest {
  private final LeaseSights sights = new LeaseSights(Duration.ofSeconds(2));

  private void see(long millis, Optional<String> owner, long counter) {
    sights.see(
        Map.of("s", Optional.of(new Lease("s", owner, counter, "7", 0))),
        nanos(millis),
        nanos(millis));
  }

  private static long nanos(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }

  @Test
  void knows_at_once_that_a_worker_lives_that_renews() {
    see(0, Optional.of("w"), 5);
    assertThat(sights.isSettled()).isFalse();
    see(300, Optional.of("w"), 6);
    assertThat(sights.isSettled()).isTrue();
    assertThat(sights.isOwned("s")).isTrue();
    see(500, Optional.of("w"), 6);
    assertThat(sights.age("s")).isEqualTo(Figure.measured(Duration.ofMillis(200)));
  }

  @Test
  void takes_a_worker_for_dead_that_was_silent_for_a_second_more_than_the_failover_time() {
    see(0, Optional.of("w"), 5);
    see(2_900, Optional.of("w"), 5);
    assertThat(sights.isSettled()).isFalse();
    see(3_000, Optional.of("w"), 5);
    assertThat(sights.isSettled()).isTrue();
    assertThat(sights.isOwned("s")).isFalse();
    assertThat(sights.age("s")).isEqualTo(Figure.atLeast(Duration.ofSeconds(3)));
  }

  @Test
  void takes_nobody_for_dead_for_time_in_which_it_did_not_look() {
    see(0, Optional.of("w"), 5); // and reads streams for ten seconds
    assertThat(sights.isSettled()).isFalse();
    see(10_000, Optional.of("w"), 20);
    assertThat(sights.isSettled()).isTrue();
    assertThat(sights.isOwned("s")).isTrue();
  }

  private void see(long began, long ended, long counter) {
    Lease lease = new Lease("s", Optional.of("w"), counter, "7", 0);
    sights.see(Map.of("s", Optional.of(lease)), nanos(began), nanos(ended));
  }

  @Test
  void takes_nobody_for_dead_for_time_in_which_it_stood_still_while_it_read() {
    see(0, 10, 5);
    see(20, 30_000, 5); // as it was at 20, or at any time until 30,000
    assertThat(sights.isSettled()).isFalse();
    assertThat(sights.isOwned("s")).isTrue();
    see(30_300, 30_310, 20);
    assertThat(sights.isOwned("s")).isTrue();
    assertThat(sights.age("s").value()).as("not negative").isZero();
    see(33_000, 90_000, 20);
    assertThat(sights.isOwned("s")).isTrue();
    see(90_010, 90_020, 20);
    assertThat(sights.isOwned("s")).as("seen twice as it was, so long apart").isFalse();
  }

  @Test
  void sees_a_worker_die_that_lived() {
    see(0, Optional.of("w"), 5);
    see(300, Optional.of("w"), 6);
    see(4_000, Optional.of("w"), 6);
    assertThat(sights.isSettled()).isTrue();
    assertThat(sights.isOwned("s")).isFalse();
  }

  @Test
  void waits_for_a_new_owner_where_the_old_one_gave_the_shard_back() {
    see(0, Optional.of("w"), 5);
    see(300, Optional.empty(), 5);
    assertThat(sights.isSettled()).isFalse();
    see(900, Optional.of("v"), 6);
    assertThat(sights.isSettled()).isTrue();
    assertThat(sights.isOwned("s")).isTrue();
  }

  @Test
  void has_no_owner_where_there_is_no_lease() {
    sights.see(Map.of("s", Optional.empty()), nanos(0), nanos(0));
    sights.see(Map.of("s", Optional.empty()), nanos(3_000), nanos(3_000));
    assertThat(sights.isSettled()).isTrue();
    assertThat(sights.isOwned("s")).isFalse();
  }
}
