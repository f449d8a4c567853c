package io.timebridge.lag.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.lag.Arrivals;
import io.timebridge.lag.Backlog;
import io.timebridge.lag.Figure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much of a shard a reader takes from those who work on it. */
class ShardReaderTest {
  private static final String STREAM = "stream";

  private final FakeTime time = new FakeTime();
  private final FakeKinesis kinesis = new FakeKinesis(time::nanos, () -> {});
  private final ShardReader reader = new ShardReader(kinesis, time::now, time::nanos, time::pass);

  private Backlog read(int calls) throws Exception {
    return reader.read(STREAM, "s", Optional.of("TRIM_HORIZON"), calls);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 1_000, 6_000, 50_000, 1_000_000})
  void takes_no_more_than_its_bytes_and_one_call_a_second_from_look_to_look(int bytes)
      throws Exception {
    kinesis.put("s", 2_000, bytes, FakeTime.START.minusSeconds(600));
    for (int look = 0; look < 5; look++) {
      read(2);
    }
    List<FakeKinesis.Asked> asked = kinesis.asked;
    assertThat(asked).hasSizeGreaterThanOrEqualTo(15);
    assertThat(asked.getFirst().limit()).isEqualTo(ShardReader.FIRST_RECORDS);
    for (int i = 1; i < asked.size(); i++) {
      long passed = asked.get(i).nanos() - asked.get(i - 1).nanos();
      long due = asked.get(i - 1).bytes() * 1_000_000_000L / ShardReader.BYTES_A_SECOND;
      assertThat(passed).as("call %d of %s", i, asked).isGreaterThanOrEqualTo(due);
      assertThat(asked.get(i).bytes()).isLessThanOrEqualTo(Math.max(400_000, 2L * bytes));
      assertThat(asked.get(i).limit()).isBetween(ShardReader.LEAST_RECORDS, 250);
    }
  }

  @Test
  void asks_for_as_many_as_it_may_where_records_are_small() throws Exception {
    kinesis.put("s", 2_000, 300, FakeTime.START.minusSeconds(600));
    Backlog backlog = read(5);
    assertThat(kinesis.asked)
        .extracting(FakeKinesis.Asked::limit)
        .as("counted, then the last minute and one moment between")
        .containsExactly(25, 250, 250, 250, 250, 250, 250);
    assertThat(backlog.counted()).isEqualTo(1_025);
    assertThat(time.nanos()).isEqualTo(Duration.ofSeconds(6).toNanos());
  }

  @Test
  void holds_no_more_than_a_few_answers_however_many_shards_are_read() throws Exception {
    AtomicInteger held = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch some = new CountDownLatch(ShardReader.ANSWERS);
    FakeKinesis slow =
        new FakeKinesis(
            time::nanos,
            () -> {
              most.accumulateAndGet(held.incrementAndGet(), Math::max);
              some.countDown();
              await(some);
              held.decrementAndGet();
            });
    ShardReader reads = new ShardReader(slow, time::now, time::nanos, time::pass);
    List<Future<Backlog>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 64; i++) {
        String shard = "s-" + i;
        slow.shard(shard);
        all.add(threads.submit(() -> reads.read(STREAM, shard, Optional.empty(), 1)));
      }
    }
    for (Future<Backlog> each : all) {
      assertThat(each.get().trouble()).isEmpty();
    }
    assertThat(most).hasValue(ShardReader.ANSWERS);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /** As Kinesis answers where nothing arrived for long: without records, and behind the latest. */
  private void answerEmptyHanded(Duration reach) {
    kinesis.reach = reach;
  }

  private Backlog look(String checkpoint) throws Exception {
    time.pass(Duration.ofSeconds(2));
    return reader.read(STREAM, "s", Optional.of(checkpoint), 1);
  }

  private Backlog lookUntilWhole(String checkpoint) throws Exception {
    for (int look = 0; look < 100; look++) {
      Backlog backlog = look(checkpoint);
      if (backlog.whole()) {
        return backlog;
      }
      assertThat(backlog.first()).isEmpty();
      assertThat(backlog.waits().orElse(Duration.ZERO))
          .as("look %d", look)
          .isLessThanOrEqualTo(Backlog.RATE_OVER);
    }
    throw new AssertionError("never came to the tip");
  }

  @Test
  void an_idle_shard_is_not_behind_and_known_to_have_caught_up_when_looks_came_to_its_tip()
      throws Exception {
    answerEmptyHanded(Duration.ofMinutes(5));
    kinesis.put("s", 1, 100, FakeTime.START.minus(Duration.ofHours(2)));
    Backlog five = reader.read(STREAM, "s", Optional.of("1"), 5);
    assertThat(five.whole()).isFalse();
    assertThat(five.waits()).as("nobody knows").isEmpty();
    assertThat(five.note()).contains("without a record");

    Backlog caughtUp = lookUntilWhole("1");
    assertThat(caughtUp.waits()).contains(Duration.ZERO);
    assertThat(caughtUp.counted()).isZero();
    assertThat(caughtUp.last()).contains(FakeTime.START.minus(Duration.ofHours(2)));
    assertThat(caughtUp.note()).isEmpty();
    assertThat(kinesis.asked).as("one look goes on where another ended").hasSizeLessThan(60);

    assertThat(look("1").whole()).isTrue();
    kinesis.put("s", 3, 100, time.now());
    Backlog behind = look("1");
    assertThat(behind.counted()).isEqualTo(3);
    assertThat(behind.waits()).contains(Duration.ofSeconds(2));
  }

  @Test
  void an_empty_shard_is_not_behind_and_known_to_have_caught_up_when_looks_came_to_its_tip()
      throws Exception {
    answerEmptyHanded(Duration.ofHours(1));
    kinesis.shard("s");
    assertThat(reader.read(STREAM, "s", Optional.empty(), 5).waits()).isEmpty();
    assertThat(lookUntilWhole("TRIM_HORIZON").waits()).contains(Duration.ZERO);
  }

  @Test
  void a_record_long_after_the_checkpoint_is_found_and_stays_found() throws Exception {
    answerEmptyHanded(Duration.ofMinutes(5));
    kinesis.put("s", 1, 100, FakeTime.START.minus(Duration.ofHours(3)));
    kinesis.put("s", 2, 100, FakeTime.START.minus(Duration.ofHours(1)));
    Backlog backlog = look("1");
    for (int look = 0; backlog.first().isEmpty(); look++) {
      assertThat(look).isLessThan(30);
      assertThat(backlog.waits()).isEmpty();
      backlog = look("1");
    }
    for (int look = 0; look < 200; look++) {
      assertThat(backlog.first()).contains(FakeTime.START.minus(Duration.ofHours(1)));
      assertThat(backlog.counted()).isEqualTo(2);
      assertThat(backlog.waits().orElseThrow()).isGreaterThan(Duration.ofHours(1));
      backlog = look("1");
    }
    assertThat(time.nanos()).isGreaterThan(Duration.ofMinutes(5).toNanos());
    assertThat(lookUntilWhole("3").waits()).as("finished").contains(Duration.ZERO);
  }

  @Test
  void begins_anew_when_nobody_looked_for_longer_than_an_iterator_lives() throws Exception {
    answerEmptyHanded(Duration.ofMinutes(5));
    kinesis.put("s", 1, 100, FakeTime.START.minus(Duration.ofHours(2)));
    lookUntilWhole("1");
    time.pass(Duration.ofMinutes(20));
    Backlog late = look("1");
    assertThat(late.trouble()).isEmpty();
    assertThat(late.waits()).isEmpty();
    assertThat(lookUntilWhole("1").waits()).contains(Duration.ZERO);
  }

  @Test
  void one_call_for_the_first_record_goes_on_where_the_one_before_ended() throws Exception {
    answerEmptyHanded(Duration.ofMinutes(5));
    kinesis.put("s", 1, 100, FakeTime.START.minus(Duration.ofMinutes(119)));
    for (int call = 0; call < 24; call++) {
      assertThat(reader.first(STREAM, "s", Optional.of("1")).waits()).isEmpty();
    }
    assertThat(reader.first(STREAM, "s", Optional.of("1")).waits()).contains(Duration.ZERO);
    assertThat(kinesis.asked).hasSize(25);
  }

  private static final Instant BEGIN = FakeTime.START.minus(Duration.ofHours(3));

  private void arrive(int count, Instant from, Duration apart) {
    if (kinesis.shards.isEmpty()) {
      kinesis.put("s", BEGIN.minusSeconds(1)); // at the checkpoint
    }
    for (int i = 0; i < count; i++) {
      kinesis.put("s", from.plus(apart.multipliedBy(i)));
    }
  }

  /** Looks as a watch does, then once as a person does: neither may be far from what is there. */
  private List<Figure<Long>> seen() throws Exception {
    List<Figure<Long>> figures = new ArrayList<>();
    for (Duration reach : List.of(Duration.ZERO, Duration.ofMinutes(5))) {
      answerEmptyHanded(reach);
      ShardReader watch = new ShardReader(kinesis, time::now, time::nanos, time::pass);
      for (int calls : List.of(1, 1, 1, 5)) {
        figures.add(watch.read(STREAM, "s", Optional.of("1"), calls).records().orElseThrow());
      }
    }
    long all = kinesis.shards.get("s").size() - 1L;
    assertThat(figures)
        .allSatisfy(figure -> {
          switch (figure.kind()) {
            case MEASURED -> assertThat(figure.value()).isEqualTo(all);
            case AT_LEAST -> assertThat(figure.value()).isBetween(1L, all);
            case ESTIMATED ->
                assertThat(figure.value()).isBetween(all / Arrivals.TIMES, all * Arrivals.TIMES);
          }
        });
    return figures;
  }

  @Test
  void a_burst_that_a_trickle_follows_is_not_taken_for_the_rate_of_all() throws Exception {
    arrive(25, BEGIN, Duration.ofNanos(80_000));
    arrive(180, BEGIN.plusSeconds(30), Duration.ofMinutes(1));
    assertThat(seen().getFirst()).as("24 in two milliseconds").isEqualTo(Figure.atLeast(24L));
  }

  @Test
  void many_records_of_one_millisecond_are_not_taken_for_all() throws Exception {
    arrive(25, BEGIN, Duration.ZERO);
    arrive(100_000, BEGIN.plusMillis(1), Duration.ofMillis(1));
    assertThat(seen()).allMatch(Figure::isAtLeast);
  }

  @Test
  void what_arrives_evenly_is_estimated_well() throws Exception {
    arrive(3 * 3_600, BEGIN, Duration.ofSeconds(1));
    assertThat(seen())
        .allSatisfy(figure -> {
          assertThat(figure.kind()).isEqualTo(Figure.Kind.ESTIMATED);
          assertThat(figure.value()).isBetween(9_500L, 11_600L);
        });
  }

  @Test
  void what_arrives_faster_and_faster_is_estimated_by_a_moment_in_between() throws Exception {
    arrive(360, BEGIN, Duration.ofSeconds(10));
    arrive(3_600, BEGIN.plus(Duration.ofHours(1)), Duration.ofSeconds(1));
    arrive(18_000, BEGIN.plus(Duration.ofHours(2)), Duration.ofMillis(200));
    assertThat(seen().getFirst().kind()).isEqualTo(Figure.Kind.ESTIMATED);
  }

  @Test
  void few_records_after_which_nothing_came_are_not_taken_for_many() throws Exception {
    arrive(3, BEGIN, Duration.ofMillis(2));
    assertThat(seen()).extracting(Figure::value).containsOnly(3L);
  }
}
