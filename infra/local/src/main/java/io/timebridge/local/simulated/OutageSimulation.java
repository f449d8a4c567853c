package io.timebridge.local.simulated;

import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/**
 * Simulated outages of SecondService, one seed after the other, on as many threads as the machine
 * has processors. Judged by what SecondService carried out and when it was called: nothing parked,
 * everything applied in order once it is back, within the limits, and slowly at first. The settings
 * are the product's defaults where time and limits are concerned.
 */
public final class OutageSimulation {
  /** Wrong runs that are told of one by one. */
  private static final int TOLD = 20;

  private final Order order;
  private final Settings settings;

  /**
   * What to run.
   *
   * @param seed of the first run; each further one has the next
   * @param outage how long SecondService is down, at least 2 min
   * @param keys entries that are edited all the time
   * @param down how it is down; empty = by seed
   */
  public record Order(
      long seed, long runs, Duration outage, int keys, Optional<Down> down, OutagePlant plant) {
    public Order {
      if (outage.compareTo(Duration.ofMinutes(2)) < 0 || outage.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException("an outage lasts 2m to 1d: " + outage);
      }
      if (keys < 1 || keys > 10_000) {
        throw new IllegalArgumentException("there are 1 to 10000 keys: " + keys);
      }
    }
  }

  /**
   * How all runs ended.
   *
   * @param failed wrong ones
   * @param mostPerSecond most calls in any second of the first minute after an outage
   * @param mostInFirstTenSeconds most calls in the ten seconds from the first one after it
   * @param callsInOutage most calls to the service while it was down
   * @param storePerSecond most operations on rows per second of an outage
   * @param longestCaughtUp longest time from the recovery until everything was applied
   */
  public record Report(
      long runs,
      long failed,
      long lost,
      long doubled,
      long stale,
      long outOfOrder,
      long parked,
      int mostPerSecond,
      int mostInFirstTenSeconds,
      long callsInOutage,
      double storePerSecond,
      Duration longestCaughtUp,
      List<Simulation.Wrong> wrong) {}

  public OutageSimulation(Order order) {
    this.order = order;
    Map<String, String> values =
        new HashMap<>(
            Map.of(
                "second-service.lands-within", "12s",
                "second-service.visible-within", "1s",
                "second-service.call-timeout", "3s",
                "first-service.call-timeout", "3s",
                "first-service.calls-per-second", "100"));
    if (order.plant() == OutagePlant.NO_RAMP) {
      values.put("second-service.ramp-up-for", "0s");
    }
    this.settings =
        new SettingsLoader()
            .values(Map.copyOf(values), "simulation")
            .load((aws, path) -> Map.of())
            .settings();
  }

  /** The limit that the calls are judged by. */
  public int callsPerSecond() {
    return settings.secondService().gate().callsPerSecond();
  }

  /**
   * Runs them all.
   *
   * @param progress told after each how many are done
   * @throws IllegalStateException when a run ended in a defect; the message names its seed
   */
  public Report run(LongConsumer progress) throws InterruptedException {
    List<OutageResult> results = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      List<Future<OutageResult>> runs = new ArrayList<>();
      for (long seed = order.seed(); seed < order.seed() + order.runs(); seed++) {
        runs.add(threads.submit(one(seed)));
      }
      try {
        for (Future<OutageResult> run : runs) {
          results.add(run.get());
          progress.accept(results.size());
        }
      } catch (ExecutionException defect) {
        threads.shutdownNow();
        throw new IllegalStateException(
            "seed " + (order.seed() + results.size()) + " came to no end", defect.getCause());
      }
    }
    return report(results);
  }

  private Callable<OutageResult> one(long seed) {
    return () -> run(seed);
  }

  OutageResult run(long seed) {
    return new OutageRun(seed, settings, order).run();
  }

  private static Report report(List<OutageResult> results) {
    return new Report(
        results.size(),
        results.stream().filter(r -> !r.isRight()).count(),
        results.stream().mapToLong(OutageResult::lost).sum(),
        results.stream().mapToLong(OutageResult::doubled).sum(),
        results.stream().mapToLong(OutageResult::stale).sum(),
        results.stream().mapToLong(OutageResult::outOfOrder).sum(),
        results.stream().mapToLong(OutageResult::parked).sum(),
        results.stream().mapToInt(r -> r.figures().mostPerSecond()).max().orElse(0),
        results.stream().mapToInt(r -> r.figures().firstTenSeconds()).max().orElse(0),
        results.stream().mapToLong(r -> r.figures().callsInOutage()).max().orElse(0),
        results.stream().mapToDouble(r -> r.figures().storePerSecond()).max().orElse(0),
        results.stream()
            .map(r -> r.figures().caughtUp())
            .max(Duration::compareTo)
            .orElse(Duration.ZERO),
        results.stream()
            .filter(r -> !r.isRight())
            .limit(TOLD)
            .map(r -> new Simulation.Wrong(r.seed(), r.wrongs()))
            .toList());
  }
}
