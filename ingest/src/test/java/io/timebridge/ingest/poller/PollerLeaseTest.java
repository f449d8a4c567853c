package io.timebridge.ingest.poller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PollerLeaseTest {
  private static final Duration LEASE = Duration.ofSeconds(10);
  private final AtomicLong now = new AtomicLong(-77);
  private final InMemoryLeases store = new InMemoryLeases();
  private final PollerLease a = lease("a");
  private final PollerLease b = lease("b");

  private PollerLease lease(String owner) {
    return new PollerLease(
        store, owner, LEASE, now::get, () -> Instant.ofEpochMilli(now.get() / 1_000_000));
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private static long epoch(PollerLease lease) {
    return lease.held().map(PollerLease.Held::epoch).orElse(0L);
  }

  @Test
  void takes_a_lease_that_was_never_held_with_epoch_1() {
    a.beat();

    assertThat(epoch(a)).isEqualTo(1);
    assertThat(a.held().orElseThrow().left()).isEqualTo(Duration.ofSeconds(8));
  }

  @Test
  void leaves_it_to_an_owner_that_renews() {
    a.beat();
    for (int i = 0; i < 20; i++) {
      b.beat();
      pass(Duration.ofSeconds(5));
      a.beat();
      assertThat(epoch(a)).isEqualTo(1);
      assertThat(epoch(b)).isZero();
    }
  }

  @Test
  void takes_over_from_a_silent_owner_after_the_whole_lease_and_counts_the_epoch_on() {
    a.beat();
    b.beat();
    pass(Duration.ofMillis(9_999));
    b.beat();
    assertThat(epoch(b)).isZero();
    pass(Duration.ofMillis(1));
    b.beat();

    assertThat(epoch(b)).isEqualTo(2);
    assertThat(epoch(a)).isZero();
    a.beat();
    assertThat(epoch(a)).isZero();
    assertThat(store.row().orElseThrow().owner()).isEqualTo("b");
  }

  @Test
  void stops_before_its_lease_ends_when_it_cannot_renew() {
    a.beat();
    store.unavailable = true;
    pass(Duration.ofMillis(7_999));
    a.beat();
    assertThat(epoch(a)).isEqualTo(1);
    pass(Duration.ofMillis(1));

    assertThat(epoch(a)).isZero();
  }

  @Test
  void goes_on_with_its_epoch_when_the_store_comes_back_before_anyone_took_over() {
    a.beat();
    store.unavailable = true;
    pass(Duration.ofSeconds(30));
    a.beat();
    assertThat(epoch(a)).isZero();
    store.unavailable = false;
    a.beat();

    assertThat(epoch(a)).isEqualTo(1);
  }

  @Test
  void gives_back_so_that_another_takes_over_at_once() {
    a.beat();
    a.release();
    b.beat();

    assertThat(epoch(a)).isZero();
    assertThat(epoch(b)).isEqualTo(2);
  }

  @Test
  void holds_the_lease_after_all_when_the_answer_to_its_take_over_was_lost() {
    store.loseNextAnswer = true;
    a.beat();
    assertThat(epoch(a)).isZero();
    a.beat();

    assertThat(epoch(a)).isEqualTo(2);
  }

  @Test
  void holds_on_when_the_answer_to_a_renewal_was_lost() {
    a.beat();
    store.loseNextAnswer = true;
    a.beat();
    pass(Duration.ofSeconds(3));
    a.beat();

    assertThat(epoch(a)).isEqualTo(1);
    assertThat(a.held().orElseThrow().left()).isEqualTo(Duration.ofSeconds(8));
  }

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void is_never_held_by_two_and_its_epoch_never_falls(long seed) {
    Random random = new Random(seed);
    PollerLease[] pollers = {a, b, lease("c")};
    long newest = 0;
    for (int i = 0; i < 400; i++) {
      pass(Duration.ofMillis(random.nextInt(4_000)));
      PollerLease poller = pollers[random.nextInt(3)];
      store.unavailable = random.nextInt(10) == 0;
      store.loseNextAnswer = random.nextInt(10) == 0;
      if (random.nextInt(30) == 0) {
        poller.release();
      } else {
        poller.beat();
      }
      int holders = 0;
      for (PollerLease p : pollers) {
        if (p.held().isPresent()) {
          holders++;
          assertThat(epoch(p)).as("seed %d", seed).isGreaterThanOrEqualTo(newest);
          newest = epoch(p);
        }
      }
      assertThat(holders).as("seed %d", seed).isLessThanOrEqualTo(1);
    }
    assertThat(newest).isPositive();
  }
}
