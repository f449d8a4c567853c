package io.timebridge.local.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The model of a stream, without a server: every record is read exactly once, parents before
 * children, in order per key.
 */
class DataStreamTest {

  private static final long START = 1_800_000_000_000L;
  private static final Shard.Position START_OF_ALL = new Shard.Position(0, 0);

  private static DataStream stream(int shards) {
    return new DataStream(
        new DataStream.Shape(
            "s", DataStream.Mode.PROVISIONED, shards, 1L << 30, () -> ShardMeter.UNLIMITED),
        START);
  }

  private static String put(DataStream stream, String key, String value, long now) {
    return switch (stream.put(
        HashRange.hashOf(key), key, value.getBytes(StandardCharsets.UTF_8), now)) {
      case PutOutcome.Stored stored -> stored.sequenceNumber();
      case PutOutcome.Throttled throttled -> throw new AssertionError("throttled: " + throttled);
    };
  }

  /** Reads every shard to its end or tip, each one only after its parents. */
  private static Map<String, List<String>> readAll(DataStream stream, Random random, long now) {
    Map<String, List<String>> byKey = new HashMap<>();
    Set<Integer> done = new HashSet<>();
    List<Shard> waiting = new ArrayList<>(stream.living(now).all());
    while (!waiting.isEmpty()) {
      List<Shard> ready =
          waiting.stream().filter(shard -> done.containsAll(shard.parents())).toList();
      Shard shard = ready.get(random.nextInt(ready.size()));
      Shard.Position from = START_OF_ALL;
      Shard.Read read;
      do {
        read = stream.read(shard, from, 0, 1 + random.nextInt(20), 1 << 20, now);
        read.records()
            .forEach(r ->
                byKey
                    .computeIfAbsent(r.partitionKey(), k -> new ArrayList<>())
                    .add(new String(r.data(), StandardCharsets.UTF_8)));
        from = read.next();
      } while (read.millisBehindLatest() > 0);
      assertThat(read.ended()).isEqualTo(!shard.isOpen());
      done.add(shard.index());
      waiting.remove(shard);
    }
    return byKey;
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
  void every_record_is_read_once_and_in_order_whatever_is_split_and_merged(long seed) {
    Random random = new Random(seed);
    DataStream stream = stream(1 + random.nextInt(4));
    Map<String, List<String>> expected = new HashMap<>();
    BigInteger lastNumber = BigInteger.ZERO;
    long now = START;
    for (int step = 0; step < 2_000; step++) {
      now +=
          random.nextInt(3) - (random.nextInt(20) == 0 ? 50 : 0); // clocks step back now and then
      int act = random.nextInt(100);
      if (act < 96) {
        String key = "key-" + random.nextInt(40);
        BigInteger number = new BigInteger(put(stream, key, String.valueOf(step), now));
        assertThat(number).as("seed %d step %d", seed, step).isGreaterThan(lastNumber);
        lastNumber = number;
        expected.computeIfAbsent(key, k -> new ArrayList<>()).add(String.valueOf(step));
      } else {
        reshard(stream, random, now);
      }
      if (step % 200 == 0) {
        assertThat(readAll(stream, random, now))
            .as("seed %d step %d", seed, step)
            .isEqualTo(expected);
        assertCoversAtEveryInstant(stream, seed);
      }
    }
    assertThat(readAll(stream, random, now)).as("seed %d", seed).isEqualTo(expected);
  }

  private static void reshard(DataStream stream, Random random, long now) {
    List<Shard> open = stream.living(now).open();
    Shard shard = open.get(random.nextInt(open.size()));
    switch (random.nextInt(3)) {
      case 0 -> {
        BigInteger width = shard.range().end().subtract(shard.range().start());
        if (open.size() < 12) {
          stream.split(
              shard,
              shard.range().start().add(width.divide(BigInteger.valueOf(2 + random.nextInt(5)))),
              now);
        }
      }
      case 1 ->
          open.stream()
              .filter(other -> shard.range().endsWhereStarts(other.range()))
              .findFirst()
              .ifPresent(next -> stream.merge(next, shard, now));
      default -> stream.rescale(1 + random.nextInt(6), now);
    }
  }

  private static void assertCoversAtEveryInstant(DataStream stream, long seed) {
    for (long instant :
        stream.living(START).all().stream()
            .mapToLong(Shard::createdAtMillis)
            .distinct()
            .toArray()) {
      for (long near = Math.max(START, instant - 1); near <= instant + 1; near++) {
        BigInteger covered = BigInteger.ZERO;
        for (Shard shard : stream.select(new ShardFilter.AtTimestamp(near), START)) {
          covered =
              covered.add(shard.range().end()).subtract(shard.range().start()).add(BigInteger.ONE);
        }
        assertThat(covered)
            .as("seed %d: hash space open at %d", seed, near)
            .isEqualTo(BigInteger.TWO.pow(128));
      }
    }
  }

  @Test
  void writers_lose_nothing_while_shards_split_and_merge_under_them() throws Exception {
    DataStream stream = stream(2);
    int writers = 4;
    int each = 20_000;
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newFixedThreadPool(writers + 1)) {
      List<Future<?>> running = new ArrayList<>();
      for (int w = 0; w < writers; w++) {
        String key = "writer-" + w;
        running.add(
            threads.submit(() -> {
              go.await();
              for (int i = 0; i < each; i++) {
                put(stream, key, String.valueOf(i), START + i / 100);
              }
              return null;
            }));
      }
      Future<?> resharder =
          threads.submit(() -> {
            go.await();
            for (int i = 0; i < 150; i++) {
              stream.rescale(1 + i % 4, START + i);
            }
            return null;
          });
      go.countDown();
      for (Future<?> one : running) {
        one.get(60, TimeUnit.SECONDS);
      }
      resharder.get(60, TimeUnit.SECONDS);
    }

    assertNumbersAreSound(stream, START + each);
    Map<String, List<String>> read = readAll(stream, new Random(1), START + each);
    assertThat(read).hasSize(writers);
    List<String> expected =
        java.util.stream.IntStream.range(0, each).mapToObj(String::valueOf).toList();
    read.forEach((key, values) -> assertThat(values).as(key).isEqualTo(expected));
  }

  /** No number twice in the stream, and none in a shard outside the range the shard shows. */
  private static void assertNumbersAreSound(DataStream stream, long now) {
    Set<Long> seen = new HashSet<>();
    for (Shard shard : stream.living(now).all()) {
      for (StoredRecord record :
          stream.read(shard, START_OF_ALL, 0, Integer.MAX_VALUE, Long.MAX_VALUE, now).records()) {
        assertThat(seen.add(record.ordinal())).as("%d is new", record.ordinal()).isTrue();
        assertThat(record.ordinal())
            .isGreaterThan(shard.startOrdinal())
            .isLessThan(shard.endOrdinal().orElse(Long.MAX_VALUE));
      }
    }
  }

  @Test
  void a_record_of_the_very_moment_of_a_split_is_not_missed_by_a_reader_that_starts_at_that_time() {
    DataStream stream = stream(1);
    put(stream, "k", "same millisecond", START + 5);
    stream.split(stream.living(START + 5).open().getFirst(), BigInteger.TWO.pow(127), START + 5);

    List<Shard> from = stream.select(new ShardFilter.AtTimestamp(START + 5), START + 5);

    assertThat(from).extracting(Shard::index).containsExactly(0);
  }

  @Test
  void arrival_times_never_fall_within_a_shard_even_if_the_clock_does() {
    DataStream stream = stream(1);
    put(stream, "k", "1", START + 1000);
    put(stream, "k", "2", START);

    Shard shard = stream.living(START).open().getFirst();
    assertThat(stream.read(shard, START_OF_ALL, 0, 10, 1000, START + 1000).records())
        .extracting(StoredRecord::arrivalMillis)
        .isSorted();
    assertThat(shard.arrivedAtOrAfter(START + 1000))
        .isEqualTo(
            stream.read(shard, START_OF_ALL, 0, 1, 1000, START).records().getFirst().ordinal());
  }

  @Test
  void a_closed_shard_cannot_be_resharded_again() {
    DataStream stream = stream(2);
    List<Shard> first = stream.living(START).open();
    stream.merge(first.get(0), first.get(1), START);

    assertThatThrownBy(() -> stream.merge(first.get(0), first.get(1), START))
        .isInstanceOf(KinesisError.class);
    assertThatThrownBy(() -> stream.split(first.get(0), BigInteger.TEN, START))
        .isInstanceOf(KinesisError.class);
    assertThatThrownBy(() ->
            stream.merge(
                stream.living(START).open().getFirst(),
                stream.living(START).open().getFirst(),
                START))
        .isInstanceOf(KinesisError.class);
  }
}
