package io.timebridge.local.simulated;

import io.timebridge.local.planted.Plant;
import io.timebridge.local.planted.Step;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Simulated runs, one seed after the other, on as many threads as the machine has processors; each
 * run on one thread by itself. Two workers, two shards, a handful of entries and half a minute of
 * faults per run; then calm, rest, and a judgement by what SecondService carried out.
 */
public final class Simulation {
  /** Wrong runs that are told of one by one. */
  private static final int TOLD = 20;

  private final Order order;
  private final Settings settings;

  /**
   * What to run.
   *
   * @param seed of the first run; each further one has the next
   * @param steps at which workers are killed and frozen
   * @param lateSenders whether workers may also be frozen between the last look at their clocks and
   *     the sending, which no protocol can prevent from showing: then nobody is killed, and only
   *     the state at rest is judged
   * @param stopAtFirst whether to stop at the first run whose wrong SecondService shows
   */
  public record Order(
      long seed,
      long runs,
      Set<Step> steps,
      Plant plant,
      boolean lateSenders,
      boolean stopAtFirst) {
    public Order {
      steps = Set.copyOf(steps);
    }
  }

  /** One wrong run, in words. */
  public record Wrong(long seed, List<String> what) {}

  /**
   * How all runs ended.
   *
   * @param runs that were made
   * @param failed wrong ones; those that did not come to rest among them
   * @param struck how often a worker was killed or frozen at each step
   * @param off how often an entry showed two timesheets, or an older state after a newer one, and
   *     was put right
   * @param longestOff the longest of those times
   * @param wrong the first wrong runs
   */
  public record Report(
      long runs,
      long failed,
      long lost,
      long doubled,
      long stale,
      long outOfOrder,
      Map<Step, Long> struck,
      long off,
      Duration longestOff,
      List<Wrong> wrong) {}

  public Simulation(Order order) {
    this.order = order;
    this.settings =
        new SettingsLoader()
            .values(
                Map.ofEntries(
                    Map.entry("second-service.send-within", "2s"),
                    Map.entry("second-service.lands-within", "12s"),
                    Map.entry("second-service.visible-within", "1s"),
                    Map.entry("second-service.call-timeout", "3s"),
                    Map.entry("second-service.concurrent-calls", "3"),
                    Map.entry("second-service.calls-per-second", "50"),
                    Map.entry("second-service.circuit-open-for", "1s"),
                    Map.entry("second-service.ramp-up-for", "2s"),
                    Map.entry("first-service.call-timeout", "3s"),
                    Map.entry("first-service.calls-per-second", "100"),
                    Map.entry("first-service.circuit-open-for", "1s"),
                    Map.entry("first-service.ramp-up-for", "2s"),
                    Map.entry("timesheet.retry-attempts", "1000")),
                "simulation")
            .load((aws, path) -> Map.of())
            .settings();
  }

  /**
   * Runs them all.
   *
   * @param progress told now and then how many are done, on any thread
   * @throws IllegalStateException when a run came to no end; the message names its seed
   */
  public Report run(LongConsumer progress) throws InterruptedException {
    Sum sum = new Sum(progress);
    AtomicLong next = new AtomicLong(order.seed());
    long end = order.seed() + order.runs();
    AtomicReference<@Nullable IllegalStateException> defect = new AtomicReference<>();
    Runnable work =
        () -> {
          for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
            try {
              RunResult result = run(seed, 0);
              sum.add(result);
              if (result.shows() && order.stopAtFirst()) {
                next.set(end);
              }
            } catch (RuntimeException | Error e) { // the edge of a thread: told to who waits
              defect.compareAndSet(
                  null, new IllegalStateException("seed " + seed + " came to no end", e));
              next.set(end);
            }
          }
        };
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      threads.add(Thread.ofPlatform().daemon().name("simulation-" + i).start(work));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    IllegalStateException first = defect.get();
    if (first != null) {
      throw first;
    }
    return sum.report();
  }

  /** The trace of one seed in words, its last lines at most. */
  public Collection<String> explain(long seed, int lines) {
    return run(seed, lines).lastLines();
  }

  RunResult run(long seed, int words) {
    return new Run(seed, settings, order.steps(), order.plant(), order.lateSenders(), words).run();
  }

  /** Adds up; thread-safe, {@code lock} guards every field. */
  private static final class Sum {
    private static final long TOLD_EVERY = 1000;

    private final ReentrantLock lock = new ReentrantLock();
    private final LongConsumer progress;
    private final Map<Step, Long> struck = new EnumMap<>(Step.class);
    private final Map<Long, Wrong> wrong = new TreeMap<>();
    private long runs;
    private long failed;
    private long lost;
    private long doubled;
    private long stale;
    private long outOfOrder;
    private long off;
    private long longestOffNanos;

    Sum(LongConsumer progress) {
      this.progress = progress;
    }

    void add(RunResult result) {
      lock.lock();
      try {
        runs++;
        lost += result.lost();
        doubled += result.doubled();
        stale += result.stale();
        outOfOrder += result.outOfOrder();
        off += result.offNanos().size();
        result.offNanos().forEach(nanos -> longestOffNanos = Math.max(longestOffNanos, nanos));
        result.struck().forEach((step, times) -> struck.merge(step, (long) times, Long::sum));
        if (!result.isRight()) {
          failed++;
          if (wrong.size() < TOLD) {
            wrong.put(result.seed(), new Wrong(result.seed(), result.wrongs()));
          }
        }
        if (runs % TOLD_EVERY == 0) {
          progress.accept(runs);
        }
      } finally {
        lock.unlock();
      }
    }

    Report report() {
      return new Report(
          runs,
          failed,
          lost,
          doubled,
          stale,
          outOfOrder,
          struck,
          off,
          Duration.ofNanos(longestOffNanos),
          List.copyOf(wrong.values()));
    }
  }
}
