package io.timebridge.local.simulated;

import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs seeds one after the other, on as many threads as the machine has processors. */
public final class Simulation {
  private final Settings settings;

  public Simulation() {
    this.settings =
        new SettingsLoader()
            .values(
                Map.ofEntries(
                    Map.entry("second-service.send-within", "2s"),
                    Map.entry("second-service.lands-within", "5s"),
                    Map.entry("second-service.visible-within", "1s"),
                    Map.entry("second-service.call-timeout", "3s"),
                    Map.entry("second-service.concurrent-calls", "3"),
                    Map.entry("second-service.calls-per-second", "50"),
                    Map.entry("second-service.circuit-open-for", "1s"),
                    Map.entry("first-service.call-timeout", "3s"),
                    Map.entry("first-service.calls-per-second", "100"),
                    Map.entry("first-service.circuit-open-for", "1s"),
                    Map.entry("timesheet.retry-attempts", "1000")),
                "simulation")
            .load((aws, path) -> Map.of())
            .settings();
  }

  /** One run, with the last lines of its trace in words. */
  RunResult explain(long seed, boolean breaksAssumptions, int words) {
    return new Run(seed, settings, Set.of(Moment.values()), Plants.NONE, breaksAssumptions, words)
        .run();
  }

  RunResult run(long seed, Plants plants, boolean breaksAssumptions) {
    return new Run(seed, settings, Set.of(Moment.values()), plants, breaksAssumptions, 0).run();
  }

  /** One seed. */
  @FunctionalInterface
  interface Seeded {
    RunResult run(long seed);
  }

  /**
   * Runs the seeds from {@code from} on.
   *
   * @param most wrong runs after which it stops
   * @return the wrong ones, lowest seed first
   */
  static List<RunResult> wrongAmong(long from, long count, int most, Seeded run) {
    AtomicLong next = new AtomicLong(from);
    List<RunResult> wrong = new ArrayList<>();
    AtomicReference<@Nullable IllegalStateException> defect = new AtomicReference<>();
    Runnable work =
        () -> {
          for (long seed = next.getAndIncrement();
              seed < from + count && defect.get() == null;
              seed = next.getAndIncrement()) {
            try {
              RunResult result = run.run(seed);
              if (!result.isRight()) {
                synchronized (wrong) {
                  wrong.add(result);
                  if (wrong.size() >= most) {
                    next.set(from + count);
                  }
                }
              }
            } catch (RuntimeException | Error e) { // the edge of a thread: told to whoever waits
              defect.compareAndSet(
                  null, new IllegalStateException("seed " + seed + " came to no end", e));
            }
          }
        };
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      threads.add(Thread.ofPlatform().name("simulation-" + i).start(work));
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException stopped) {
        next.set(from + count);
        Thread.currentThread().interrupt();
      }
    }
    IllegalStateException first = defect.get();
    if (first != null) {
      throw first;
    }
    wrong.sort(java.util.Comparator.comparingLong(RunResult::seed));
    return List.copyOf(wrong);
  }

  public static void main(String[] args) {
    long from = Long.parseLong(args[0]);
    long count = Long.parseLong(args[1]);
    Simulation simulation = new Simulation();
    long started = System.nanoTime();
    if (count == 0) {
      RunResult result = simulation.explain(from, args.length > 2, 100_000);
      result.lastLines().forEach(System.out::println);
      System.out.println(result.wrongs());
      return;
    }
    List<RunResult> wrong =
        wrongAmong(from, count, 20, seed -> simulation.run(seed, Plants.NONE, args.length > 2));
    for (RunResult r : wrong) {
      System.out.println(r.seed() + " " + r.wrongs());
    }
    System.out.println(wrong.size() + " wrong, " + (System.nanoTime() - started) / 1e9 + " s");
  }
}
