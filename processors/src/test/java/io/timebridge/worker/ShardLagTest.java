package io.timebridge.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.ordering.Unfinished;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardLagTest {
  private static final Instant NOON = Instant.parse("2026-07-03T12:00:00Z");

  private Optional<Unfinished> oldest = Optional.empty();
  private final ShardLag lag = new ShardLag("shard-1", () -> oldest, NOON);

  private Lag lag(Instant now) {
    return lag.lag(now).orElseThrow();
  }

  private void unfinished(long sequence) {
    oldest =
        Optional.of(
            new Unfinished(
                "shard-1", "31", BigInteger.valueOf(sequence), NOON.plusSeconds(900), 3));
  }

  @Test
  void is_none_when_all_that_arrived_is_read_and_finished() {
    lag.read(0L, false, NOON);
    lag.arrived(BigInteger.ONE, NOON.minusSeconds(100));
    lag.read(0L, false, NOON.plusSeconds(3600));
    assertThat(lag(NOON.plusSeconds(3660))).isEqualTo(new Lag("shard-1", Duration.ZERO, false));
  }

  @Test
  void counts_from_the_arrival_of_the_oldest_unfinished_record() {
    lag.arrived(BigInteger.valueOf(1), NOON);
    lag.arrived(BigInteger.valueOf(2), NOON.plusMillis(400));
    lag.arrived(BigInteger.valueOf(3), NOON.plusSeconds(60));
    lag.arrived(BigInteger.valueOf(9), NOON.plusSeconds(120));
    lag.read(0L, false, NOON.plusSeconds(121));
    unfinished(2);
    assertThat(lag(NOON.plusSeconds(300)))
        .isEqualTo(new Lag("shard-1", Duration.ofMinutes(5), true));
    unfinished(4);
    assertThat(lag(NOON.plusSeconds(300)).behind()).isEqualTo(Duration.ofMinutes(4));
    oldest = Optional.empty();
    lag.read(0L, false, NOON.plusSeconds(299));
    assertThat(lag(NOON.plusSeconds(300)).behind()).isZero();
    lag.arrived(BigInteger.valueOf(20), NOON.plusSeconds(290));
    unfinished(20);
    assertThat(lag(NOON.plusSeconds(300)).behind()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void what_is_not_read_yet_counts_too_and_grows_while_nothing_comes() {
    lag.read(120_000L, false, NOON);
    assertThat(lag(NOON)).isEqualTo(new Lag("shard-1", Duration.ofMinutes(2), false));
    assertThat(lag(NOON.plusSeconds(60)).behind()).isEqualTo(Duration.ofMinutes(3));
    lag.read(0L, false, NOON.plusSeconds(61));
    assertThat(lag(NOON.plusSeconds(90)).behind()).isZero();
  }

  @Test
  void a_shard_that_had_caught_up_and_cannot_be_read_any_more_is_behind_since_then() {
    lag.read(0L, false, NOON);
    assertThat(lag(NOON.plusSeconds(60)).behind()).isZero();
    assertThat(lag(NOON.plusSeconds(7_200)))
        .isEqualTo(new Lag("shard-1", Duration.ofHours(2), false));
    assertThat(lag.behind(NOON.plusSeconds(7_200))).contains(Duration.ofHours(2));
    lag.read(0L, false, NOON.plusSeconds(7_201));
    assertThat(lag(NOON.plusSeconds(7_202)).behind()).isZero();
  }

  @Test
  void a_shard_that_was_never_read_is_behind_since_it_was_taken() {
    assertThat(lag(NOON.plusSeconds(59)).behind()).isZero();
    assertThat(lag(NOON.plusSeconds(600)).behind()).isEqualTo(Duration.ofMinutes(10));
    assertThat(lag.behind(NOON.plusSeconds(600))).as("Kinesis has said nothing").isEmpty();
  }

  @Test
  void cannot_say_while_it_comes_through_a_time_in_which_nothing_arrived() {
    Instant now = NOON;
    for (long minutes = 7 * 24 * 60; minutes > 0; minutes -= 5) {
      lag.read(minutes * 60_000, true, now);
      assertThat(lag.lag(now)).isEmpty();
      assertThat(lag.behind(now)).isEmpty();
      now = now.plusSeconds(1);
    }
    lag.read(0L, true, now);
    assertThat(lag(now).behind()).isZero();
    assertThat(lag.behind(now)).contains(Duration.ZERO);
  }

  @Test
  void is_behind_by_little_when_little_is_left_or_by_what_comes_from_far_behind() {
    lag.read(20_000L, true, NOON);
    assertThat(lag(NOON).behind()).isEqualTo(Duration.ofSeconds(20));
    lag.read(7_200_000L, false, NOON);
    assertThat(lag(NOON).behind()).isEqualTo(Duration.ofHours(2));
  }

  @Test
  void says_what_it_holds_also_on_its_way() {
    lag.read(7_200_000L, true, NOON);
    lag.arrived(BigInteger.ONE, NOON.minusSeconds(6_000));
    unfinished(1);
    assertThat(lag(NOON)).isEqualTo(new Lag("shard-1", Duration.ofMinutes(100), true));
  }

  @Test
  void is_behind_when_it_comes_no_further_or_is_silent_on_its_way() {
    lag.read(7_200_000L, true, NOON);
    assertThat(lag.lag(NOON.plusSeconds(60))).isEmpty();
    assertThat(lag(NOON.plusSeconds(61)).behind()).isEqualTo(Duration.ofSeconds(7_261));
    lag.read(7_200_000L, true, NOON.plusSeconds(70));
    assertThat(lag(NOON.plusSeconds(70)).behind()).isEqualTo(Duration.ofHours(2));
    lag.read(6_900_000L, true, NOON.plusSeconds(71));
    assertThat(lag.lag(NOON.plusSeconds(71))).isEmpty();
  }

  @Test
  void a_clock_behind_kinesis_makes_no_negative_lag() {
    lag.arrived(BigInteger.ONE, NOON.plusSeconds(2));
    unfinished(1);
    assertThat(lag(NOON).behind()).isZero();
  }

  @Test
  void remembers_no_more_than_is_held_also_when_each_is_finished_before_the_next() {
    for (int sequence = 0; sequence < 10_000; sequence++) {
      lag.arrived(BigInteger.valueOf(sequence), NOON.plusSeconds(sequence));
      assertThat(lag.remembered()).isLessThanOrEqualTo(1_000);
    }
    unfinished(9_999);
    assertThat(lag(NOON.plusSeconds(10_000)).behind())
        .as("the one just offered is known")
        .isEqualTo(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void is_right_to_the_second_whatever_arrives_and_is_finished(long seed) {
    Random random = new Random(seed);
    TreeMap<Long, Instant> open = new TreeMap<>();
    Instant now = NOON;
    for (long sequence = 1; sequence < 20_000; sequence++) {
      now = now.plusMillis(random.nextInt(3_000));
      open.put(sequence, now);
      if (open.size() == 1) {
        unfinished(sequence);
      }
      lag.arrived(BigInteger.valueOf(sequence), now);
      while (!open.isEmpty() && (open.size() > 5_000 || random.nextInt(3) == 0)) {
        open.pollFirstEntry();
      }
      if (open.isEmpty()) {
        oldest = Optional.empty();
      } else {
        unfinished(open.firstKey());
        Duration behind = Duration.between(open.firstEntry().getValue(), now);
        assertThat(lag(now).behind())
            .as("seed %d, record %d", seed, sequence)
            .isBetween(behind, behind.plusSeconds(1));
      }
    }
  }
}
