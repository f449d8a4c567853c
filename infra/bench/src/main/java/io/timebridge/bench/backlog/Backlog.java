package io.timebridge.bench.backlog;

import io.timebridge.bench.process.Child;
import io.timebridge.bench.process.ChildFailed;
import io.timebridge.bench.scenario.Lease;
import io.timebridge.bench.scenario.Progress;
import io.timebridge.bench.scenario.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Plays what was ordered. Used once, by one thread. */
final class Backlog {
  private static final String STREAM = "backlog";
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(90);
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(30);
  private static final Duration BESIDE = Duration.ofMinutes(4);

  private final BacklogOrder order;
  private final Path logs;
  private final Progress progress;

  /**
   * @param logs folder for the children's logs
   */
  Backlog(BacklogOrder order, Path logs, Progress progress) {
    this.order = order;
    this.logs = logs;
    this.progress = progress;
  }

  /**
   * Plays it.
   *
   * @throws ChildFailed when the worker dies, of its heap's end for one; there are no figures then
   */
  BacklogFigures play() throws IOException, ChildFailed, InterruptedException {
    try (Stage stage = Stage.start(logs, "5g")) {
      stage.createStream(STREAM, order.shards());
      progress.say("%d records are put in, shard limits off".formatted(order.records()));
      long began = System.nanoTime();
      new Filler(stage.kinesis(), STREAM, order).fill();
      double fillSeconds = (System.nanoTime() - began) / 1e9;
      progress.say("they wait; a worker starts, its service stalled");
      try (Child worker =
          Child.start("backlog-worker", logs, (order.heap() >> 10) + "k", WorkerMain.class)) {
        worker.order(workerOrder(stage));
        worker.await("blocked", Map.class, STARTS_WITHIN);
        progress.say(
            "the first record waits; stalled for %d s".formatted(order.stall().toSeconds()));
        TimeUnit.NANOSECONDS.sleep(order.stall().toNanos());
        worker.order(Command.LOOK);
        Report stalled = worker.await("stands", Report.class, ANSWERS_WITHIN);
        long moved = moved(stage);
        progress.say(
            String.format(
                Locale.ROOT,
                "%d records held, %d finished; the service answers again",
                stalled.peaks().held(),
                stalled.judge().finished()));
        worker.order(Command.OPEN);
        Report drained =
            worker.await("stands", Report.class, order.drainsWithin().plus(ANSWERS_WITHIN));
        progress.say(String.format(Locale.ROOT, "drained in %.1f s", drained.seconds()));
        return new BacklogFigures(order, fillSeconds, stalled, moved, drained);
      }
    }
  }

  private static long moved(Stage stage) {
    return stage.leases(STREAM).stream()
        .filter(lease -> !lease.checkpoint().equals(Lease.UNTOUCHED))
        .count();
  }

  private WorkerOrder workerOrder(Stage stage) {
    return new WorkerOrder(
        stage.aws(),
        STREAM,
        STREAM,
        order.concurrency(),
        order.records(),
        order.keys(),
        order.latency().toMillis(),
        order.drainsWithin().toMillis(),
        order.stall().plus(order.drainsWithin()).plus(BESIDE).toMillis());
  }
}
