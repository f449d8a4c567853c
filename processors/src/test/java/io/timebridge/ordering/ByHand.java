package io.timebridge.ordering;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;

/** Threads and time for tests: both move only when they are told to, in the calling thread. */
final class ByHand implements Executor, Timers, InstantSource {
  private record Timer(Instant due, Runnable action) {}

  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final List<Timer> timers = new ArrayList<>();
  private Instant now = Instant.parse("2026-07-03T10:00:00Z");

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void after(Duration delay, Runnable action) {
    timers.add(new Timer(now.plus(delay), action));
  }

  @Override
  public Instant instant() {
    return now;
  }

  int tasks() {
    return tasks.size();
  }

  int timers() {
    return timers.size();
  }

  /** Runs the oldest task. */
  void runOne() {
    tasks.remove().run();
  }

  /** Runs tasks until there are none. */
  void runAll() {
    while (!tasks.isEmpty()) {
      runOne();
    }
  }

  /** Lets time pass and starts what is due, in order. */
  void pass(Duration time) {
    now = now.plus(time);
    List<Timer> due =
        timers.stream()
            .filter(t -> !t.due.isAfter(now))
            .sorted(Comparator.comparing(Timer::due))
            .toList();
    timers.removeAll(due);
    due.forEach(t -> t.action.run());
  }
}
