package io.timebridge.local.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The small parts of the model: hash ranges, sequence numbers, iterators, the record log, the
 * meter.
 */
class ModelPartsTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 100, 500})
  void uniform_ranges_cover_the_space_without_gaps(int count) {
    List<HashRange> ranges = HashRange.uniform(count);

    assertThat(ranges).hasSize(count);
    assertThat(ranges.getFirst().start()).isEqualTo(BigInteger.ZERO);
    assertThat(ranges.getLast().end()).isEqualTo(HashRange.MAX);
    for (int i = 1; i < count; i++) {
      assertThat(ranges.get(i - 1).endsWhereStarts(ranges.get(i))).isTrue();
    }
  }

  @Test
  void a_range_outside_the_hash_space_is_refused() {
    assertThatThrownBy(() -> new HashRange(BigInteger.ONE.negate(), BigInteger.TEN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HashRange(BigInteger.TEN, BigInteger.ONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HashRange(BigInteger.ZERO, HashRange.MAX.add(BigInteger.ONE)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sequence_numbers_look_real_come_back_and_grow_with_the_ordinal() {
    SequenceNumbers numbers = new SequenceNumbers(1_800_000_000L);
    long seed = 42;
    Random random = new Random(seed);
    for (int i = 0; i < 1_000; i++) {
      long ordinal = random.nextLong(1, Long.MAX_VALUE);
      int shard = random.nextInt(Integer.MAX_VALUE);
      long arrival = random.nextLong(0, 4_000_000_000_000L);
      String number = numbers.encode(ordinal, shard, arrival);

      assertThat(number).as("seed %d", seed).hasSize(56).startsWith("49");
      assertThat(numbers.decode(number))
          .as("seed %d", seed)
          .hasValue(new SequenceNumbers.Place(ordinal, shard, arrival / 1000));
      String next = numbers.encode(ordinal + 1, 0, 0);
      assertThat(new BigInteger(next)).as("seed %d", seed).isGreaterThan(new BigInteger(number));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "1",
        "-5",
        "abc",
        "٣٣",
        "49590338271490256608559692538361571095921575989136588898",
        "999999999999999999999999999999999999999999999999999999999999"
      })
  void a_number_of_another_stream_is_told(String number) {
    assertThat(new SequenceNumbers(1_800_000_000L).decode(number)).isEmpty();
  }

  @Test
  void an_iterator_survives_the_round_trip_and_no_change() {
    OpaqueTokens tokens = new OpaqueTokens();
    ShardIterator iterator = new ShardIterator("a.b_c-d", 5, 7, new Shard.Position(9, 10), 11);
    String token = iterator.seal(tokens);

    assertThat(ShardIterator.open(token, tokens)).hasValue(iterator);
    for (int i = 0; i < token.length(); i += 3) {
      String changed =
          token.substring(0, i) + (token.charAt(i) == 'x' ? 'y' : 'x') + token.substring(i + 1);
      assertThat(ShardIterator.open(changed, tokens))
          .as("changed at %d", i)
          .satisfiesAnyOf(o -> assertThat(o).isEmpty(), o -> assertThat(o).hasValue(iterator));
    }
    assertThat(ShardIterator.open(token, new OpaqueTokens()))
        .as("sealed by another service")
        .isEmpty();
    assertThat(ShardIterator.open(tokens.seal("shards", "a"), tokens))
        .as("a token of another kind")
        .isEmpty();
  }

  @Test
  void a_log_finds_its_records_after_many_appends_and_drops() {
    RecordLog log = new RecordLog();
    for (int i = 0; i < 10_000; i++) {
      log.append(new StoredRecord(i * 3L, i, "k", new byte[10]));
      if (i % 7 == 0) {
        log.dropArrivedBefore(i - 500);
      }
    }

    assertThat(log.size()).isBetween(500, 510);
    assertThat(log.dropped()).isEqualTo(10_000 - log.size());
    RecordLog.Page page = log.read(9_900 * 3L - 1, Long.MAX_VALUE, 2, 1_000);
    assertThat(page.records()).extracting(StoredRecord::ordinal).containsExactly(29_700L, 29_703L);
    assertThat(page.nextArrival()).hasValue(9_902);
    assertThat(log.firstArrivedAtOrAfter(9_950)).hasValue(9_950 * 3L);
    assertThat(log.firstArrivedAtOrAfter(10_000)).isEmpty();
    assertThat(log.read(0, Long.MAX_VALUE, 10_000, 25).records()).as("bounded by bytes").hasSize(2);
    log.dropBeyond(1);
    assertThat(log.size()).as("the newest always stays").isEqualTo(1);
  }

  @Test
  void a_meter_lets_a_record_as_large_as_its_second_through_and_then_makes_the_others_wait() {
    ShardMeter meter = ShardMeter.published();

    assertThat(meter.admitsWrite(1_000, 10 << 20)).isTrue();
    assertThat(meter.admitsWrite(1_000, 1)).isFalse();
    assertThat(meter.admitsWrite(10_000, 1)).isFalse();
    assertThat(meter.admitsWrite(11_001, 1)).isTrue();
  }

  @Test
  void a_partial_failure_always_fails_at_least_one_record() {
    for (long seed = 0; seed < 200; seed++) {
      BitSet failing = new Faults.PartialFailure(seed, 0.0).pick(3);
      assertThat(failing.cardinality()).as("seed %d", seed).isEqualTo(1);
    }
  }
}
