package io.timebridge.local.demo;

import io.timebridge.local.system.LocalSystem;
import io.timebridge.local.system.Ports;
import io.timebridge.local.traffic.Comparison;
import io.timebridge.local.traffic.TaskRef;
import io.timebridge.local.traffic.TrafficPlan;
import io.timebridge.local.traffic.TrafficRunner;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.TaskMapping;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * One run: start, jobs and people, projects through the bridge, tracked time, quiet, comparison.
 * The judgement rests on the simulators' own state alone.
 */
final class Demo {
  /** Unchanged for this long, with nothing on its way and no record unfinished: quiet. */
  private static final Duration QUIET = Duration.ofSeconds(6);

  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  /** An admin who reopens a job waits for its project to be archived, but no longer than this. */
  private static final Duration REOPEN_AFTER = Duration.ofSeconds(30);

  /**
   * What to run.
   *
   * @param hostilePoll whether SecondService's listings take every wrong form
   * @param loseWebhooks percent of the webhooks of entries that are lost for good
   * @param actionsPerSecond people's changes per second, at most
   * @param within the longest wait for quiet
   */
  record Order(
      long seed,
      int entries,
      int users,
      Misbehaviour faults,
      boolean hostilePoll,
      int loseWebhooks,
      double actionsPerSecond,
      Duration within) {}

  private final Order order;
  private final Consumer<String> progress;
  private final TrafficPlan plan;
  private final Set<String> excludedClients;

  Demo(Order order, Consumer<String> progress) {
    this.order = order;
    this.progress = progress;
    this.plan = TrafficPlan.generate(order.seed(), order.entries(), order.users());
    this.excludedClients =
        plan.clients().stream()
            .filter(TrafficPlan.Client::excluded)
            .map(TrafficPlan.Client::code)
            .collect(Collectors.toSet());
  }

  DemoReport run() throws IOException, InterruptedException, EntryStore.Unavailable {
    LocalSystem.Options options =
        new LocalSystem.Options(
            Ports.ANY,
            order.faults().behaviour(order.seed()),
            2,
            Map.of(
                "poller.excluded-client-codes",
                String.join(",", excludedClients),
                "poller.every",
                order.hostilePoll() ? "300ms" : "1s"));
    try (LocalSystem system = LocalSystem.start(options, progress);
        Evidence evidence = new Evidence(system)) {
      return run(system, evidence);
    }
  }

  private DemoReport run(LocalSystem system, Evidence evidence)
      throws IOException, InterruptedException, EntryStore.Unavailable {
    long started = System.nanoTime();
    URI first = system.settings().firstService().url();
    URI second = system.settings().secondService().url();
    try (TrafficRunner traffic =
        new TrafficRunner(plan, first, second, order.actionsPerSecond(), this::told)) {
      TrafficRunner.SecondIds secondIds = traffic.seedSecondService();
      TrafficRunner.FirstIds firstIds = traffic.seedFirstService(secondIds);
      map(system, firstIds);
      order.faults().apply(system.simulators().first(), system.simulators().second(), order.seed());
      LostWebhooks.lose(system.simulators().first(), order.loseWebhooks() / 100.0);
      waitForProjects(traffic, secondIds);
      long before = evidence.secondServiceEffects();
      int wrongListings = track(system, traffic, secondIds, firstIds, evidence);
      Comparison.Rules rules = new Comparison.Rules(firstIds.labelTasks(), excludedClients);
      Comparison.Result result = waitForQuiet(evidence, rules);
      Optional<LostWebhooks.Found> lost = Optional.empty();
      if (order.loseWebhooks() > 0) {
        lost = Optional.of(LostWebhooks.reconcile(system, progress));
        result = waitForQuiet(evidence, rules);
      }
      return new DemoReport(
          order.seed(),
          order.entries(),
          result,
          evidence.jobChanges(before, excludedClients),
          system.settings().poller().every(),
          wrongListings,
          evidence.parked(),
          lost,
          Duration.ofNanos(System.nanoTime() - started));
    }
  }

  /** Lets everybody do what the plan says; how many wrong forms listings took meanwhile. */
  private int track(
      LocalSystem system,
      TrafficRunner traffic,
      TrafficRunner.SecondIds secondIds,
      TrafficRunner.FirstIds firstIds,
      Evidence evidence)
      throws IOException, InterruptedException {
    TrafficRunner.Reopening onceArchived =
        job -> evidence.awaitProject(job, false, REOPEN_AFTER, LOOK_EVERY);
    if (!order.hostilePoll()) {
      traffic.track(secondIds, firstIds, onceArchived);
      return 0;
    }
    HostilePoll poll = new HostilePoll(system.simulators().second(), evidence, order.within());
    try (ExecutorService beside = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> forms = beside.submit(() -> poll.run(progress));
      try {
        traffic.track(secondIds, firstIds, onceArchived);
        return forms.get();
      } catch (ExecutionException failed) {
        throw new IOException("the listings could not be spoiled", failed.getCause());
      } finally {
        forms.cancel(true);
      }
    }
  }

  private void told(String phase, int done, int total) {
    if (done == total || done % 100 == 0) {
      progress.accept("%s: %d of %d".formatted(phase, done, total));
    }
  }

  /** What a person does once before the first day: says which label is which task. */
  private static void map(LocalSystem system, TrafficRunner.FirstIds ids)
      throws EntryStore.Unavailable {
    try (DynamoDbClient dynamoDb = system.aws().dynamoDb()) {
      DynamoDbTaskMapping mapping =
          new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system());
      for (Map.Entry<Long, TaskRef> label : ids.labelTasks().entrySet()) {
        mapping.map(
            label.getKey(),
            switch (label.getValue()) {
              case TaskRef.ByName(String name) -> new TaskMapping.TaskRef.ByName(name);
              case TaskRef.ById(long id) -> new TaskMapping.TaskRef.ById(id);
            },
            "demo");
      }
    }
  }

  private void waitForProjects(TrafficRunner traffic, TrafficRunner.SecondIds ids)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + order.within().toNanos();
    int last = -1;
    for (Set<Long> missing = traffic.jobsWithoutProject(ids);
        !missing.isEmpty();
        missing = traffic.jobsWithoutProject(ids)) {
      if (missing.size() != last) {
        progress.accept("projects still to come: " + missing.size());
        last = missing.size();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IOException(
            "after %d s %d jobs have no project in FirstService yet"
                .formatted(order.within().toSeconds(), missing.size()));
      }
      Thread.sleep(LOOK_EVERY);
    }
  }

  /**
   * Until both sides agree twice in a row, or nothing has happened any more for a while, or time is
   * up.
   */
  private Comparison.Result waitForQuiet(Evidence evidence, Comparison.Rules rules)
      throws InterruptedException {
    long start = System.nanoTime();
    long unchangedSince = start;
    String before = "";
    boolean agreedBefore = false;
    for (long looks = 0; ; looks++) {
      long pending = evidence.pendingDeliveries();
      Comparison.Result result = evidence.compare(rules);
      String now = evidence.fingerprint();
      boolean agrees = result.agrees() && pending == 0;
      boolean changed = pending > 0 || evidence.unfinished() > 0 || !now.equals(before);
      if (agrees && agreedBefore && !changed) {
        return result;
      }
      unchangedSince = changed ? System.nanoTime() : unchangedSince;
      if (System.nanoTime() - unchangedSince > QUIET.toNanos()
          || System.nanoTime() - start > order.within().toNanos()) {
        return result;
      }
      if (looks % 4 == 0) {
        progress.accept(
            "waiting until quiet: %d webhooks to come, %d records unfinished, %d timesheets missing, %d differ"
                .formatted(
                    pending,
                    evidence.unfinished(),
                    result.missing().count(),
                    result.wrong().count()));
      }
      agreedBefore = agrees;
      before = now;
      Thread.sleep(LOOK_EVERY);
    }
  }
}
