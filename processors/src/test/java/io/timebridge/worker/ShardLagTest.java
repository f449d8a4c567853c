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

  private void unfinished(long sequence) {
    oldest =
        Optional.of(
            new Unfinished(
                "shard-1", "31", BigInteger.valueOf(sequence), NOON.plusSeconds(900), 3));
  }

  @Test
  void is_none_when_all_that_arrived_is_read_and_finished() {
    lag.read(0L, NOON);
    lag.arrived(BigInteger.ONE, NOON.minusSeconds(100));
    lag.read(0L, NOON.plusSeconds(3600));
    assertThat(lag.lag(NOON.plusSeconds(3660))).isEqualTo(new Lag("shard-1", Duration.ZERO, false));
  }

  @Test
  void counts_from_the_arrival_of_the_oldest_unfinished_record() {
    lag.arrived(BigInteger.valueOf(1), NOON);
    lag.arrived(BigInteger.valueOf(2), NOON.plusMillis(400));
    lag.arrived(BigInteger.valueOf(3), NOON.plusSeconds(60));
    lag.arrived(BigInteger.valueOf(9), NOON.plusSeconds(120));
    lag.read(0L, NOON.plusSeconds(121));
    unfinished(2);
    assertThat(lag.lag(NOON.plusSeconds(300)))
        .isEqualTo(new Lag("shard-1", Duration.ofMinutes(5), true));
    unfinished(4);
    assertThat(lag.lag(NOON.plusSeconds(300)).behind()).isEqualTo(Duration.ofMinutes(4));
    oldest = Optional.empty();
    lag.read(0L, NOON.plusSeconds(299));
    assertThat(lag.lag(NOON.plusSeconds(300)).behind()).isZero();
    lag.arrived(BigInteger.valueOf(20), NOON.plusSeconds(290));
    unfinished(20);
    assertThat(lag.lag(NOON.plusSeconds(300)).behind()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void what_is_not_read_yet_counts_too_and_grows_while_nothing_comes() {
    lag.read(120_000L, NOON);
    assertThat(lag.lag(NOON)).isEqualTo(new Lag("shard-1", Duration.ofMinutes(2), false));
    assertThat(lag.lag(NOON.plusSeconds(60)).behind()).isEqualTo(Duration.ofMinutes(3));
    lag.read(0L, NOON.plusSeconds(61));
    assertThat(lag.lag(NOON.plusSeconds(90)).behind()).isZero();
  }

  @Test
  void a_shard_that_had_caught_up_and_cannot_be_read_any_more_is_behind_since_then() {
    lag.read(0L, NOON);
    assertThat(lag.lag(NOON.plusSeconds(60)).behind()).isZero();
    assertThat(lag.lag(NOON.plusSeconds(7_200)))
        .isEqualTo(new Lag("shard-1", Duration.ofHours(2), false));
    assertThat(lag.behind(NOON.plusSeconds(7_200))).contains(Duration.ofHours(2));
    lag.read(0L, NOON.plusSeconds(7_201));
    assertThat(lag.lag(NOON.plusSeconds(7_202)).behind()).isZero();
  }

  @Test
  void a_shard_that_was_never_read_is_behind_since_it_was_taken() {
    assertThat(lag.lag(NOON.plusSeconds(59)).behind()).isZero();
    assertThat(lag.lag(NOON.plusSeconds(600)).behind()).isEqualTo(Duration.ofMinutes(10));
    assertThat(lag.behind(NOON.plusSeconds(600))).as("Kinesis has said nothing").isEmpty();
  }

  @Test
  void a_clock_behind_kinesis_makes_no_negative_lag() {
    lag.arrived(BigInteger.ONE, NOON.plusSeconds(2));
    unfinished(1);
    assertThat(lag.lag(NOON).behind()).isZero();
  }

  @Test
  void remembers_no_more_than_is_held_also_when_each_is_finished_before_the_next() {
    for (int sequence = 0; sequence < 10_000; sequence++) {
      lag.arrived(BigInteger.valueOf(sequence), NOON.plusSeconds(sequence));
      assertThat(lag.remembered()).isLessThanOrEqualTo(1_000);
    }
    unfinished(9_999);
    assertThat(lag.lag(NOON.plusSeconds(10_000)).behind())
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
        assertThat(lag.lag(now).behind())
            .as("seed %d, record %d", seed, sequence)
            .isBetween(behind, behind.plusSeconds(1));
      }
    }
  }
}
