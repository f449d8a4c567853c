package io.timebridge.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Threads that take turns: one runs at a time, from one named step to its next, in an order and on
 * a clock drawn from a random source. A thread may be frozen at a step for long, or die there. Not
 * thread-safe but by its own doing: whoever has the turn has everything.
 */
final class Steps {
  /** What a thread dies of; nothing may catch it. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash(String step) {
      super("crashed at: " + step, null, false, false);
    }
  }

  /** What runs; ends by returning. */
  @FunctionalInterface
  interface Body {
    void run() throws InterruptedException;
  }

  private static final class Runner {
    private final Semaphore turn = new Semaphore(0);
    private long wakesAt;
    private boolean ended;
  }

  private final Random random;
  private final Duration longest;
  private final List<Runner> runners = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final Semaphore toScheduler = new Semaphore(0);
  private final StringBuilder trace = new StringBuilder();
  private Runner current = new Runner();
  private long now = Duration.ofHours(1).toNanos();
  private final Set<String> struckAt = new TreeSet<>();
  private int disasters;
  private int taken;
  private boolean traced;

  /**
   * @param longest that a thread is frozen
   * @param disasters crashes and freezes at most
   */
  Steps(Random random, Duration longest, int disasters) {
    this.random = random;
    this.longest = longest;
    this.disasters = disasters;
  }

  long now() {
    return now;
  }

  /** Keeps a line of what happens from now on. */
  void traced() {
    traced = true;
  }

  void log(Supplier<String> line) {
    if (traced) {
      trace.append("%9.3f ".formatted(now / 1e9)).append(line.get()).append('\n');
    }
  }

  /** The steps at which a thread was frozen or died. */
  Set<String> struckAt() {
    return struckAt;
  }

  String trace() {
    return trace.toString();
  }

  void start(Body body) {
    Runner runner = new Runner();
    runner.wakesAt = now;
    runners.add(runner);
    Thread _ =
        Thread.ofVirtual()
            .start(() -> {
              try {
                runner.turn.acquire();
                body.run();
              } catch (Throwable failed) { // the edge of a simulated process
                failures.add(failed);
              } finally {
                runner.ended = true;
                toScheduler.release();
              }
            });
  }

  /** The named step has been reached; what comes next comes later, or never. */
  void at(String step) throws InterruptedException {
    long pause = random.nextInt(200_000_000);
    if (disasters > 0 && random.nextInt(16) == 0) {
      disasters--;
      struckAt.add(step);
      if (random.nextBoolean()) {
        log(() -> "  crash at " + step);
        throw new Crash(step);
      }
      pause = (long) (random.nextDouble() * longest.toNanos());
      long millis = pause / 1_000_000;
      log(() -> "  frozen at " + step + " for " + millis + " ms");
    }
    sleep(Duration.ofNanos(pause));
  }

  void sleep(Duration time) throws InterruptedException {
    Runner me = current;
    me.wakesAt = now + time.toNanos();
    toScheduler.release();
    me.turn.acquire();
  }

  /** Until all have ended. */
  void run(int mostSteps) throws InterruptedException {
    while (true) {
      List<Runner> alive = runners.stream().filter(r -> !r.ended).toList();
      if (alive.isEmpty() || !failures.isEmpty()) {
        break;
      }
      if (++taken > mostSteps) {
        throw new AssertionError("no end after " + mostSteps + " steps\n" + trace);
      }
      long earliest = alive.stream().mapToLong(r -> r.wakesAt).min().orElseThrow();
      now = Math.max(now, earliest);
      List<Runner> ready = alive.stream().filter(r -> r.wakesAt <= now).toList();
      current = ready.get(random.nextInt(ready.size()));
      current.turn.release();
      toScheduler.acquire();
    }
    if (!failures.isEmpty()) {
      throw new AssertionError("a process failed\n" + trace, failures.getFirst());
    }
  }
}
