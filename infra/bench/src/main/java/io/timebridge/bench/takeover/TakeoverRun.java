package io.timebridge.bench.takeover;

import io.timebridge.bench.process.ChildFailed;
import io.timebridge.bench.scenario.Lease;
import io.timebridge.bench.scenario.Numbers;
import io.timebridge.bench.scenario.Progress;
import io.timebridge.bench.scenario.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One run: two workers, records all the while, a split and a merge, one worker killed and then
 * replaced. Used once, by one thread; the split and the merge have a thread of their own, so that
 * they may come in the middle of a takeover.
 */
final class TakeoverRun {
  private static final Duration BALANCED_WITHIN = Duration.ofSeconds(60);
  private static final Duration NOTHING_COMES = Duration.ofSeconds(20);
  private static final Duration QUIET = Duration.ofSeconds(2);
  private static final Duration QUIET_WITHIN = Duration.ofSeconds(30);
  private static final Duration BESIDE = Duration.ofMinutes(5);

  private final Stage stage;
  private final TakeoverOrder order;
  private final long seed;
  private final Path logs;
  private final Progress progress;
  private final Plan plan;
  private final String stream;
  private final Ledger ledger = new Ledger(System::nanoTime);
  private final List<String> events = new CopyOnWriteArrayList<>();

  /**
   * @param number of the run, for its names
   * @param logs folder for the workers' logs
   */
  TakeoverRun(Stage stage, TakeoverOrder order, int number, Path logs, Progress progress) {
    this.stage = stage;
    this.order = order;
    this.seed = order.seed() + number;
    this.logs = logs;
    this.progress = progress;
    this.plan = Plan.of(seed, order.records());
    this.stream = "takeover-" + (number + 1);
  }

  /**
   * Plays it.
   *
   * @throws ChildFailed when it cannot be played; there are no figures then
   */
  RunFigures play() throws IOException, ChildFailed, InterruptedException {
    stage.createStream(stream, order.shards());
    try (LedgerServer service = LedgerServer.start(ledger, order.latency());
        Fleet fleet = new Fleet(stage, workers(service.port()), logs)) {
      say("starts two workers on " + order.shards() + " shards");
      List<String> two = fleet.start(2);
      if (!fleet.awaitLeases(leases -> eachHasOne(leases, two), BALANCED_WITHIN)) {
        throw new ChildFailed("the two workers did not share the shards: " + fleet.leases());
      }
      Producer producer = new Producer(stage.kinesis(), stream, order, seed);
      Thread putting = Thread.ofPlatform().daemon().name("producer").start(producer);
      FutureTask<Void> resharding = reshard(producer);
      try {
        return play(fleet, producer, resharding);
      } finally {
        putting.interrupt();
        resharding.cancel(true);
      }
    }
  }

  private RunFigures play(Fleet fleet, Producer producer, FutureTask<Void> resharding)
      throws IOException, ChildFailed, InterruptedException {
    awaitStep(producer, Plan.Event.KILL);
    String victim = fleet.busiest();
    ledger.watchFirsts();
    long killed = System.nanoTime();
    fleet.kill(victim);
    String survivor = fleet.living().getFirst();
    Set<String> left = fleet.shardsOf(victim);
    happened("kill -9 of the worker with %d shards: %s".formatted(left.size(), victim));
    boolean taken =
        fleet.awaitLeases(
            leases -> allTaken(leases, left, victim, survivor),
            Duration.ofMillis((long) (RunFigures.NEVER_SECONDS * 1000)));
    double takenSeconds =
        taken ? Numbers.seconds(System.nanoTime() - killed) : RunFigures.NEVER_SECONDS;
    say("the survivor holds them after %.1f s; a second worker starts".formatted(takenSeconds));
    double replacedSeconds = replace(fleet);
    producer.awaitPut(order.records(), order.putting().plus(BESIDE));
    await(resharding);
    say("all records are put; the rest is carried out");
    if (!ledger.awaitCarried(order.records(), NOTHING_COMES.toNanos())) {
      say("nothing was carried out any more for %d s".formatted(NOTHING_COMES.toSeconds()));
    }
    awaitQuiet();
    Verdict verdict = Verdict.of(producer.numbers(), ledger.carried());
    return new RunFigures(
        seed,
        verdict,
        ledger.redeliveries(),
        Map.of(
            "killed", verdict.of(victim),
            "survivor", verdict.of(survivor),
            "replacement", verdict.of(fleet.living().getLast())),
        left.size(),
        takenSeconds,
        lastFirst(ledger.firsts(survivor), left, killed),
        replacedSeconds,
        events);
  }

  private WorkerOrder workers(int ledgerPort) {
    return new WorkerOrder(
        stage.aws(),
        stream,
        stream,
        ledgerPort,
        order.concurrency(),
        order.plant().text(),
        order.putting().plus(BESIDE).toMillis());
  }

  /** A second worker in the dead one's place. */
  private double replace(Fleet fleet) throws IOException, ChildFailed, InterruptedException {
    long launched = System.nanoTime();
    List<String> fresh = fleet.start(1);
    if (!fleet.awaitLeases(leases -> eachHasOne(leases, fresh), BALANCED_WITHIN)) {
      throw new ChildFailed("the replacement got no shard: " + fleet.leases());
    }
    double seconds = Numbers.seconds(System.nanoTime() - launched);
    happened("the replacement holds a shard after %.1f s".formatted(seconds));
    return seconds;
  }

  private FutureTask<Void> reshard(Producer producer) {
    Resharding shards = new Resharding(stage.kinesis(), stream, seed);
    FutureTask<Void> task =
        new FutureTask<>(() -> {
          for (Plan.Step step : plan.steps()) {
            switch (step.event()) {
              case SPLIT -> {
                awaitStep(producer, Plan.Event.SPLIT);
                happened(shards.split());
              }
              case MERGE -> {
                awaitStep(producer, Plan.Event.MERGE);
                happened(shards.merge());
              }
              case KILL -> {} // by whoever plays the run
            }
          }
          return null;
        });
    Thread.ofPlatform().daemon().name("resharding").start(task);
    return task;
  }

  private void awaitStep(Producer producer, Plan.Event event) throws InterruptedException {
    int records =
        plan.steps().stream()
            .filter(step -> step.event() == event)
            .findFirst()
            .orElseThrow()
            .afterRecords();
    producer.awaitPut(records, order.putting().plus(BESIDE));
  }

  private static void await(FutureTask<Void> resharding) throws InterruptedException {
    try {
      resharding.get(BESIDE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      throw new IllegalStateException("the shards were not split and merged: " + failed, failed);
    }
  }

  /** What is delivered late and again shall be seen as well. */
  private void awaitQuiet() throws InterruptedException {
    long deadline = System.nanoTime() + QUIET_WITHIN.toNanos();
    long left = QUIET.toNanos() - ledger.quietNanos();
    while (left > 0 && System.nanoTime() - deadline < 0) {
      TimeUnit.NANOSECONDS.sleep(left);
      left = QUIET.toNanos() - ledger.quietNanos();
    }
  }

  private static boolean eachHasOne(List<Lease> leases, List<String> workers) {
    return workers.stream()
        .allMatch(worker -> leases.stream().anyMatch(lease -> lease.heldBy(worker)));
  }

  /** What the leader gave to the dead one after its death must be taken from it as well. */
  static boolean allTaken(List<Lease> leases, Set<String> left, String dead, String survivor) {
    return leases.stream()
        .filter(lease -> !lease.ended())
        .filter(lease -> left.contains(lease.shard()) || lease.heldBy(dead))
        .allMatch(lease -> lease.heldBy(survivor));
  }

  static double lastFirst(Map<String, Long> firsts, Set<String> shards, long sinceNanos) {
    return Numbers.seconds(
        firsts.entrySet().stream()
            .filter(first -> shards.contains(first.getKey()))
            .mapToLong(first -> first.getValue() - sinceNanos)
            .max()
            .orElse(0));
  }

  private void happened(String event) {
    events.add(event);
    say(event);
  }

  private void say(String text) {
    progress.say("seed %d: %s".formatted(seed, text));
  }
}
