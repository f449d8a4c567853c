package io.timebridge.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import kotlin.Unit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pastalab.fray.core.observers.TimelineCoverageType;
import org.pastalab.fray.core.randomness.ControlledRandomProvider;
import org.pastalab.fray.core.scheduler.POSScheduler;
import org.pastalab.fray.junit.plain.FrayInTestLauncher;

/**
 * A halt against running attempts, with the JDK's own lock and threads, in random orders of Fray's.
 * Runs in the profile {@code fray} alone: it needs a JDK that is made for it.
 */
class KeyLanesFrayTest {
  private static final int ORDERS = 1000;

  /** Bounds an exploration on a busy machine. */
  private static final int SECONDS = 60;

  private static final Backoff BACKOFF =
      new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), () -> 1);
  private static final Room ROOM = new Room(2, 2);

  /** Halts a shard only when something has finished after that. */
  private static final class LateHalt extends LaneMachine<String> {
    private @Nullable Shard<String> toHalt;

    LateHalt() {
      super(1, ROOM, ROOM, BACKOFF, InstantSource.fixed(Instant.EPOCH));
    }

    @Override
    void halt(Shard<String> shard) {
      toHalt = shard;
    }

    @Override
    Optional<Pause<String>> finish(Attempt<String> attempt, Outcome outcome) {
      if (toHalt != null) {
        super.halt(toHalt);
      }
      return super.finish(attempt, outcome);
    }
  }

  private static void haltedUnderItsFeeder(LaneMachine<String> machine) {
    List<Thread> runners = Collections.synchronizedList(new ArrayList<>());
    AtomicBoolean settled = new AtomicBoolean();
    AtomicBoolean late = new AtomicBoolean();
    KeyLanes<String> lanes =
        new KeyLanes<>(
            (key, records) -> {
              late.compareAndSet(false, settled.get());
              return new Outcome.Applied("");
            },
            Folding.none(),
            task -> {
              Thread runner = new Thread(task);
              runners.add(runner);
              runner.start();
            },
            (delay, action) -> {},
            new ReentrantLock(),
            machine);
    ShardLanes<String> shard = lanes.open("s");
    Thread feeder =
        new Thread(() -> {
          shard.offer("a", BigInteger.ONE, 1, "x");
          shard.offer("b", BigInteger.TWO, 1, "y");
        });
    feeder.start();
    try {
      shard.halt();
      settled.set(shard.awaitNoneRunning(Duration.ofDays(1)));
      feeder.join();
      while (!runners.isEmpty()) {
        runners.removeFirst().join();
      }
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
    if (late.get()) {
      throw new AssertionError("handled after its shard had settled");
    }
  }

  private static void explore(Runnable scenario) {
    // Elsewhere Fray runs without a word, and without ordering anything.
    assertThat(org.pastalab.fray.runtime.Runtime.class.getModule().getName())
        .isEqualTo("java.base");
    FrayInTestLauncher.INSTANCE.launchFray(
        scenario,
        new POSScheduler(),
        new ControlledRandomProvider(),
        ORDERS,
        SECONDS,
        false,
        TimelineCoverageType.NONE,
        configuration -> Unit.INSTANCE);
  }

  @Test
  void nothing_is_handled_once_a_halted_shard_has_settled() {
    explore(() ->
        haltedUnderItsFeeder(
            new LaneMachine<>(1, ROOM, ROOM, BACKOFF, InstantSource.fixed(Instant.EPOCH))));
  }

  @Test
  void a_halt_that_is_put_off_comes_to_light() {
    assertThatThrownBy(() -> explore(() -> haltedUnderItsFeeder(new LateHalt())))
        .hasStackTraceContaining("handled after its shard had settled");
  }
}
