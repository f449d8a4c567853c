package io.timebridge.ingest.poller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PollerLoopTest {
  /** Jumps to the time it is asked to wait for; ends after a number of waits. */
  private static final class JumpingPacer implements Pacer {
    final AtomicLong now = new AtomicLong(500);
    final CountDownLatch ended;
    private final CountDownLatch stopped = new CountDownLatch(1);

    JumpingPacer(int waits) {
      ended = new CountDownLatch(waits);
    }

    @Override
    public long nanos() {
      return now.get();
    }

    @Override
    public boolean waitUntil(long nanos) throws InterruptedException {
      if (ended.getCount() == 0) {
        stopped.await();
        return false;
      }
      ended.countDown();
      now.accumulateAndGet(nanos, Math::max);
      return true;
    }

    @Override
    public void stop() {
      stopped.countDown();
    }
  }

  private final InMemoryLeases leases = new InMemoryLeases();

  private PollerLease lease(String owner, Pacer pacer) {
    return new PollerLease(
        leases, owner, Duration.ofSeconds(10), pacer::nanos, () -> Instant.EPOCH);
  }

  @Test
  void ticks_by_the_schedule_and_counts_what_an_overrun_skips() {
    JumpingPacer pacer = new JumpingPacer(5);
    List<Long> began = new CopyOnWriteArrayList<>();
    try (PollerLoop loop =
        PollerLoop.start(
            lease("a", pacer),
            () -> {
              began.add(pacer.nanos());
              pacer.now.addAndGet(began.size() == 2 ? 250 : 10); // the second takes 2.5 periods
              return new TickReport.Standby();
            },
            Duration.ofNanos(100),
            new TimerTicks(pacer, Duration.ofNanos(100)),
            pacer,
            new JumpingPacer(0))) {
      await().until(() -> began.size() == 5);

      assertThat(began).containsExactly(500L, 600L, 900L, 1000L, 1100L);
      assertThat(loop.skippedTicks()).isEqualTo(2);
    }
  }

  @Test
  void goes_on_after_a_defect() {
    JumpingPacer pacer = new JumpingPacer(3);
    AtomicLong ticks = new AtomicLong();
    try (PollerLoop loop =
        PollerLoop.start(
            lease("a", pacer),
            () -> {
              if (ticks.incrementAndGet() == 1) {
                throw new IllegalStateException("a defect");
              }
              return new TickReport.Standby();
            },
            Duration.ofNanos(100),
            new TimerTicks(pacer, Duration.ofNanos(100)),
            pacer,
            new JumpingPacer(0))) {
      await().until(() -> ticks.get() == 3);
      assertThat(loop.skippedTicks()).isZero();
    }
  }

  @Test
  void is_active_at_once_renews_meanwhile_and_gives_back_on_close() {
    JumpingPacer leasePacer = new JumpingPacer(8);
    JumpingPacer once = new JumpingPacer(1);
    PollerLease lease = lease("a", leasePacer);
    AtomicBoolean activeInFirstTick = new AtomicBoolean();
    PollerLoop loop =
        PollerLoop.start(
            lease,
            () -> {
              activeInFirstTick.set(leases.row().isPresent());
              return new TickReport.Standby();
            },
            Duration.ofNanos(100),
            new TimerTicks(once, Duration.ofNanos(100)),
            once,
            leasePacer);
    await().until(() -> leases.row().orElseThrow().beat() >= 8);
    await().untilTrue(activeInFirstTick);

    loop.close();
    loop.close();

    assertThat(leases.row().orElseThrow().owner()).isEmpty();
    assertThat(leases.row().orElseThrow().epoch()).isEqualTo(1);
  }

  @Test
  void lets_a_tick_finish_on_close() throws InterruptedException {
    CountDownLatch ticking = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicBoolean finished = new AtomicBoolean();
    AtomicBoolean ownedAtEnd = new AtomicBoolean();
    JumpingPacer pacer = new JumpingPacer(1);
    PollerLoop loop =
        PollerLoop.start(
            lease("a", pacer),
            () -> {
              ticking.countDown();
              go.await();
              ownedAtEnd.set(leases.row().orElseThrow().owner().equals("a"));
              finished.set(true);
              return new TickReport.Standby();
            },
            Duration.ofNanos(100),
            new TimerTicks(pacer, Duration.ofNanos(100)),
            pacer,
            new JumpingPacer(0));
    ticking.await();
    Thread closing = Thread.ofVirtual().start(loop::close);
    go.countDown();
    closing.join();

    assertThat(finished).isTrue();
    assertThat(ownedAtEnd).isTrue();
    assertThat(leases.row().orElseThrow().owner()).isEmpty();
  }

  @Test
  void is_well_while_it_ticks_and_not_when_a_tick_stands_still() throws Exception {
    JumpingPacer pacer = new JumpingPacer(1);
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    PollerLoop loop =
        PollerLoop.start(
            lease("a", pacer),
            () -> {
              began.countDown();
              end.await();
              return new TickReport.Standby();
            },
            Duration.ofMinutes(1),
            new TimerTicks(pacer, Duration.ofMinutes(1)),
            pacer,
            new JumpingPacer(0));
    try (loop) {
      began.await();
      assertThat(loop.trouble()).isEmpty();
      pacer.now.addAndGet(Duration.ofMinutes(14).toNanos());
      assertThat(loop.trouble()).isEmpty();
      pacer.now.addAndGet(Duration.ofMinutes(2).toNanos());
      assertThat(loop.trouble()).hasValueSatisfying(t -> assertThat(t).contains("a tick"));
      end.countDown();
      await().until(() -> loop.trouble().isEmpty());
    }
    assertThat(loop.trouble()).hasValueSatisfying(t -> assertThat(t).contains("has ended"));
  }
}
