package io.timebridge.local.simulated;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Simulated time and whose turn it is. Of all steps that could be taken now, one drawn from the
 * seed is taken; when there is none, time jumps to the next timer. Everything runs on the thread
 * that calls {@link #runUntil}; nothing here is thread-safe, and nothing has to be.
 */
final class Kernel {
  /** A step of a host, or of the world outside (no host), from {@code at} on. */
  private record Due(long at, long number, @Nullable Host host, Runnable step) {}

  private record Ready(@Nullable Host host, Runnable step) {}

  private final Random random;
  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
  private final List<Ready> ready = new ArrayList<>();
  private final Trace trace;
  private long now;
  private long number;
  private @Nullable RuntimeException defect;

  Kernel(Random random, Trace trace) {
    this.random = random;
    this.trace = trace;
  }

  /** Nanoseconds since the beginning. */
  long now() {
    return now;
  }

  Random random() {
    return random;
  }

  Trace trace() {
    return trace;
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** Milliseconds from {@code min} to {@code max}, both included, as a duration. */
  Duration millis(int min, int max) {
    return Duration.ofMillis(min + random.nextInt(max - min + 1));
  }

  /** Something that happens outside of every host. */
  void after(Duration delay, Runnable event) {
    timers.add(new Due(now + delay.toNanos(), number++, null, event));
  }

  /** Something that happens on a host, if it lives by then; a frozen one does it when it wakes. */
  void after(Duration delay, Host host, Runnable event) {
    timers.add(new Due(now + delay.toNanos(), number++, host, event));
  }

  /** A step that can be taken now. */
  void ready(Host host, Runnable step) {
    ready.add(new Ready(host, step));
  }

  /** A defect of the simulation itself, or of the product at a place where it must not fail. */
  void fail(RuntimeException defect) {
    if (this.defect == null) {
      this.defect = defect;
    }
  }

  /**
   * Runs.
   *
   * @return false when {@code longest} passed, or nothing was left to do, before {@code over} held
   */
  boolean runUntil(BooleanSupplier over, Duration longest) {
    long end = now + longest.toNanos();
    while (!over.getAsBoolean()) {
      if (defect != null) {
        throw defect;
      }
      if (!ready.isEmpty()) {
        take(removeAny());
      } else if (timers.isEmpty() || timers.element().at() > end) {
        return false;
      } else {
        Due due = timers.remove();
        now = Math.max(now, due.at());
        take(new Ready(due.host(), due.step()));
      }
    }
    return true;
  }

  private Ready removeAny() {
    int last = ready.size() - 1;
    int index = last == 0 ? 0 : random.nextInt(last + 1);
    Ready chosen = ready.get(index);
    ready.set(index, ready.get(last));
    ready.remove(last);
    return chosen;
  }

  private void take(Ready next) {
    Host host = next.host();
    if (host == null || host.takes(next.step())) {
      next.step().run();
    }
  }
}
