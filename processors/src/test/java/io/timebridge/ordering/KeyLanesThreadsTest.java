package io.timebridge.ordering;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The lanes on real threads. */
@Timeout(60)
class KeyLanesThreadsTest {
  private static final Outcome DONE = new Outcome.Applied("");
  private static final Duration LONG = Duration.ofSeconds(50);

  private final ThreadTimers timers = new ThreadTimers("test-timers");

  @AfterEach
  void stop() {
    timers.close();
  }

  /** Handles one record. */
  private interface Each<R> {
    Outcome handle(R record) throws InterruptedException;
  }

  private <R> KeyLanes<R> lanes(int inFlight, int held, Each<R> each) {
    return new KeyLanes<>(
        (key, records) -> each.handle(records.getLast()),
        Folding.none(),
        new KeyLanes.Limits(inFlight, held, 1_000_000, 1_000_000, 1_000_000),
        Thread::startVirtualThread,
        timers,
        new Backoff(Duration.ofMillis(1), Duration.ofMillis(3), new Random(3)),
        InstantSource.system());
  }

  private record Rec(int shard, int key, int number) {}

  @Test
  void keeps_order_per_key_and_all_bounds_under_load() throws Exception {
    int shards = 3;
    int perShard = 8_000;
    int keys = 97;
    int inFlight = 32;
    Map<String, AtomicInteger> lastOfKey = new ConcurrentHashMap<>();
    Map<String, AtomicBoolean> busy = new ConcurrentHashMap<>();
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger wrong = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    KeyLanes<Rec> lanes =
        lanes(
            inFlight,
            500,
            rec -> {
              String key = rec.shard() + "/" + rec.key();
              AtomicBoolean mine = busy.computeIfAbsent(key, k -> new AtomicBoolean());
              if (!mine.compareAndSet(false, true)) {
                wrong.incrementAndGet();
              }
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              try {
                LockSupport.parkNanos(1_000);
                if (ThreadLocalRandom.current().nextInt(20) == 0) {
                  return new Outcome.Retry("again");
                }
                int before =
                    lastOfKey
                        .computeIfAbsent(key, k -> new AtomicInteger(-1))
                        .getAndSet(rec.number());
                if (before >= rec.number()) {
                  wrong.incrementAndGet();
                }
                done.incrementAndGet();
                return DONE;
              } finally {
                now.decrementAndGet();
                mine.set(false);
              }
            });
    List<ShardLanes<Rec>> opened =
        IntStream.range(0, shards).mapToObj(s -> lanes.open("shard-" + s)).toList();
    List<Thread> feeders =
        IntStream.range(0, shards)
            .mapToObj(s -> Thread.startVirtualThread(() -> feed(opened.get(s), s, perShard, keys)))
            .toList();
    for (Thread feeder : feeders) {
      feeder.join();
    }
    for (ShardLanes<Rec> shard : opened) {
      assertThat(shard.awaitFinished(LONG)).isTrue();
      assertThat(shard.position()).contains(BigInteger.valueOf(perShard - 1L));
    }
    assertThat(wrong).hasValue(0);
    assertThat(done).hasValue(shards * perShard);
    assertThat(most.get()).isLessThanOrEqualTo(inFlight);
    LaneCounts counts = lanes.counts();
    assertThat(counts.applied()).isEqualTo((long) shards * perShard);
    assertThat(counts.keys() + counts.inFlight() + counts.held()).isZero();
  }

  private static void feed(ShardLanes<Rec> into, int shard, int count, int keys) {
    try {
      for (int i = 0; i < count; i++) {
        int key = i % keys;
        while (into.offer(shard + "/" + key, BigInteger.valueOf(i), 1, new Rec(shard, key, i))
            == ShardLanes.Offer.FULL) {
          into.awaitRoom(Duration.ofMillis(50));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void interrupts_what_runs_and_leaves_it_unfinished_when_told_to() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    KeyLanes<String> lanes =
        lanes(
            4,
            10,
            record -> {
              started.countDown();
              try {
                new CountDownLatch(1).await();
                return DONE;
              } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
              }
            });
    ShardLanes<String> shard = lanes.open("s");
    shard.offer("a", BigInteger.ONE, 1, "a1");
    shard.offer("a", BigInteger.TWO, 1, "a2");
    assertThat(started.await(30, SECONDS)).isTrue();
    lanes.interrupt();
    assertThat(interrupted.await(30, SECONDS)).isTrue();
    assertThat(shard.awaitNoneRunning(LONG)).isTrue();
    assertThat(shard.position()).isEmpty();
    assertThat(shard.unfinished()).isEqualTo(2);
    assertThat(lanes.counts().keys()).isZero();
  }

  @Test
  void starts_nothing_more_once_a_halted_shard_has_settled() throws Exception {
    AtomicBoolean halted = new AtomicBoolean();
    AtomicInteger startedLate = new AtomicInteger();
    for (int round = 0; round < 200; round++) {
      halted.set(false);
      KeyLanes<Integer> lanes =
          lanes(
              8,
              1000,
              record -> {
                if (halted.get()) {
                  startedLate.incrementAndGet();
                }
                return DONE;
              });
      ShardLanes<Integer> shard = lanes.open("s");
      Thread feeder =
          Thread.startVirtualThread(() -> {
            for (int i = 0; i < 500; i++) {
              shard.offer("k" + i % 50, BigInteger.valueOf(i), 1, i);
            }
          });
      shard.halt();
      shard.awaitNoneRunning(LONG);
      halted.set(true);
      feeder.join();
      assertThat(shard.awaitNoneRunning(LONG)).isTrue();
    }
    assertThat(startedLate).hasValue(0);
  }
}
