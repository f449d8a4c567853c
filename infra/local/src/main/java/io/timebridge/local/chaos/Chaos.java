package io.timebridge.local.chaos;

import io.timebridge.local.planted.Plant;
import io.timebridge.local.planted.Step;
import io.timebridge.timesheet.EntryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Runs one after the other on one system with two workers and two pollers. */
final class Chaos {
  private static final Duration FAILOVER = Duration.ofMillis(1500);
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration SEND_WITHIN = Duration.ofSeconds(1);
  private static final Duration VISIBLE_WITHIN = Duration.ofMillis(200);
  private static final Duration COMPANY_WITHIN = Duration.ofSeconds(30);

  /** Below {@code first-service.lands-within} by what a held call has left for itself. */
  private static final Duration LATEST_FIRST = Duration.ofMillis(1200);

  /** What a call that is held and then comes late has left for itself. */
  private static final Duration MARGIN = Duration.ofMillis(900);

  /**
   * What to do.
   *
   * @param folder for the logs
   */
  record Order(long seed, int runs, Set<Step> steps, Plant plant, Path folder) {
    Order {
      steps = Set.copyOf(steps);
    }

    /**
     * With a plant, landing takes longer than taking over, so that it shows what the deadline is
     * for.
     */
    Duration landsWithin() {
      return Duration.ofSeconds(plant == Plant.IGNORE_DEADLINE ? 16 : 2);
    }

    Duration latestSecond() {
      return landsWithin().minus(MARGIN);
    }

    StrikePlanner planner() {
      return new StrikePlanner(
          steps,
          plant,
          new StrikePlanner.Timing(
              FAILOVER,
              LEASE,
              SEND_WITHIN.plus(landsWithin()).plus(VISIBLE_WITHIN),
              LATEST_FIRST,
              latestSecond()));
    }
  }

  private final Order order;
  private final Consumer<String> progress;

  /**
   * @param progress told what happens, line by line
   */
  Chaos(Order order, Consumer<String> progress) {
    this.order = order;
    this.progress = progress;
  }

  /**
   * @throws IOException if a part of the system does not start
   * @throws TimeoutException if the first jobs do not become projects, with nothing going wrong
   */
  ChaosReport run()
      throws IOException, InterruptedException, TimeoutException, EntryStore.Unavailable {
    long started = System.nanoTime();
    progress.accept("starting AWS, both services, gateway, two pollers and two workers");
    List<RunResult> results = new ArrayList<>();
    try (ChaosSystem system = new ChaosSystem(order.seed(), quick());
        Workers workers = new Workers(places(system), order.plant(), order.folder())) {
      Striker striker = new Striker(workers, progress);
      workers.reportTo(striker);
      system.simulators().watch(striker.watch(Service.FIRST), striker.watch(Service.SECOND));
      workers.startNext();
      workers.startNext();
      Company company = Company.found(system.simulators().first(), system.simulators().second());
      system.map(company.labelTasks());
      company =
          company.awaitProjects(
              system.simulators().first(), System.nanoTime() + COMPANY_WITHIN.toNanos());
      // not at the same time as the first: two workers that are the first ever of an application
      // can keep one of them from starting (KCL's own state of its table)
      workers.startNext();
      workers.startNext();
      ChaosRun.Stage stage =
          new ChaosRun.Stage(
              system,
              workers,
              striker,
              company,
              new LedgerTail(system.simulators().first()),
              new LedgerTail(system.simulators().second()),
              order.latestSecond(),
              order.plant() != Plant.NONE,
              progress);
      StrikePlanner planner = order.planner();
      for (int run = 0; run < order.runs(); run++) {
        long seed = order.seed() + run;
        progress.accept("run %d of %d, seed %d".formatted(run + 1, order.runs(), seed));
        RunResult result = new ChaosRun(stage, seed).run(planner.strikes(seed));
        results.add(result);
        progress.accept(result.line());
        result.problems().forEach(problem -> progress.accept("  " + problem));
        if (result.failed()) {
          progress.accept("  again: " + again(seed));
        }
      }
    }
    return new ChaosReport(order, results, Duration.ofNanos(System.nanoTime() - started));
  }

  private String again(long seed) {
    StringBuilder command = new StringBuilder("./timebridge chaos --seed " + seed + " --runs 1");
    if (order.steps().size() < Step.values().length) {
      command.append(" --steps ");
      command.append(String.join(",", ChaosReport.names(order.steps())));
    }
    if (order.plant() != Plant.NONE) {
      command.append(" --plant ").append(order.plant().text());
    }
    return command.toString();
  }

  private List<Workers.Place> places(ChaosSystem system) throws IOException {
    List<Workers.Place> places =
        List.of(
            new Workers.Place("a", Workers.Kind.WORKER, system.ownSettings()),
            new Workers.Place("a", Workers.Kind.POLLER, system.ownSettings()),
            new Workers.Place("b", Workers.Kind.WORKER, system.ownSettings()),
            new Workers.Place("b", Workers.Kind.POLLER, system.ownSettings()));
    for (Workers.Place place : places) {
      Files.deleteIfExists(order.folder().resolve(Workers.log(place)));
    }
    return places;
  }

  /** Seconds where a deployed system takes half a minute. */
  private Map<String, String> quick() {
    Map<String, String> quick = new HashMap<>();
    quick.put("second-service.send-within", millis(SEND_WITHIN));
    quick.put("second-service.lands-within", millis(order.landsWithin()));
    quick.put("second-service.visible-within", millis(VISIBLE_WITHIN));
    quick.put("second-service.call-timeout", "1500ms");
    quick.put("second-service.calls-per-second", "500");
    quick.put("second-service.concurrent-calls", "8");
    quick.put("second-service.sessions", "8"); // those of the killed lapse after seconds
    quick.put("second-service.circuit-open-for", "500ms");
    quick.put("second-service.ramp-up-for", "2s");
    quick.put("first-service.call-timeout", "1s");
    quick.put("first-service.send-within", millis(SEND_WITHIN));
    quick.put("first-service.lands-within", "2s");
    quick.put("first-service.visible-within", millis(VISIBLE_WITHIN));
    quick.put("first-service.calls-per-second", "500");
    quick.put("first-service.circuit-open-for", "500ms");
    quick.put("first-service.ramp-up-for", "2s");
    quick.put("worker.failover", millis(FAILOVER));
    quick.put("worker.checkpoint-every", "150ms");
    quick.put("worker.retry-base", "100ms");
    quick.put("worker.retry-max", "1s");
    quick.put("worker.stop-within", "2s");
    quick.put("retry.backoff", "1s");
    quick.put("retry.max-backoff", "2s");
    quick.put("retry.visibility", "3s");
    quick.put("retry.sweep-every", "2s");
    quick.put("poller.every", "500ms");
    quick.put("poller.lease-for", millis(LEASE));
    return quick;
  }

  private static String millis(Duration time) {
    return time.toMillis() + "ms";
  }
}
