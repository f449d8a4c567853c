package io.timebridge.lag.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.lag.Backlog;
import java.time.Duration;
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
        .containsExactly(25, 250, 250, 250, 250, 250);
    assertThat(backlog.counted()).isEqualTo(1_025);
    assertThat(time.nanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
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
}
