package io.timebridge.bench.parking;

import io.timebridge.bench.process.Child;
import io.timebridge.bench.process.ChildFailed;
import io.timebridge.bench.scenario.Progress;
import io.timebridge.local.cli.Timebridge;
import io.timebridge.local.sim.SimControl;
import io.timebridge.local.system.SettingsText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Plays a long row behind one key. Used once, by one thread. */
final class Behind {
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(90);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration ALONE = Duration.ofSeconds(15);
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  private final BehindOrder order;
  private final Path logs;
  private final Progress progress;

  /**
   * @param logs folder for the worker's log
   */
  Behind(BehindOrder order, Path logs, Progress progress) {
    this.order = order;
    this.logs = logs;
    this.progress = progress;
  }

  /**
   * Plays it.
   *
   * @throws ChildFailed when the worker dies, of its heap's end for one
   */
  BehindFigures play() throws Exception {
    try (BehindStage stage = BehindStage.start();
        Child worker =
            Child.start(
                "parking-worker", logs, (order.heap() >> 10) + "k", BehindWorkerMain.class)) {
      worker.order(new BehindWorkerMain.Start(stage.settingsByKey()));
      worker.await("ready", Map.class, STARTS_WITHIN);
      stage.found(PATIENCE);
      Others others = new Others(stage);
      others.warmUp();
      progress.say("other keys flow, nothing is parked");
      Others.Flow alone = others.flow(ALONE, () -> true);
      long bad = stage.parkOne(PATIENCE);
      Row row = new Row(stage, order, bad);
      progress.say("key %d is parked; %d events are put behind it".formatted(bad, order.events()));
      long began = System.nanoTime();
      row.fill();
      progress.say(String.format(Locale.ROOT, "put in %.1f s", (System.nanoTime() - began) / 1e9));
      long effects = stage.second().ledger(0).size();
      stage.unlock();
      long redriven = System.nanoTime();
      redrive(stage, bad);
      Others.Flow during = others.flow(order.drainsWithin(), () -> row.waiting() > 0);
      double seconds = awaitDrained(row, redriven);
      progress.say(String.format(Locale.ROOT, "drained in %.1f s", seconds));
      worker.order(new BehindWorkerMain.Look(true));
      BehindWorkerMain.Heap heap = worker.await("heap", BehindWorkerMain.Heap.class, PATIENCE);
      return new BehindFigures(
          order,
          alone,
          during,
          seconds,
          row.waiting(),
          row.judge(stage.second().ledger(effects)),
          heap.mostAfterGcBytes());
    }
  }

  private double awaitDrained(Row row, long since) throws InterruptedException, TimeoutException {
    while (row.waiting() > 0) {
      if (System.nanoTime() - since > order.drainsWithin().toNanos()) {
        throw new TimeoutException(
            "%d events still wait after %s".formatted(row.waiting(), order.drainsWithin()));
      }
      Thread.sleep(LOOK_EVERY);
    }
    return (System.nanoTime() - since) / 1e9;
  }

  /** As a person does it. */
  private void redrive(BehindStage stage, long key) throws IOException {
    Path config = Files.createTempFile("timebridge-bench", ".conf");
    try {
      Files.writeString(config, SettingsText.lines(stage.settingsByKey()));
      PrintWriter log = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
      int exit =
          Timebridge.run(
              log, log, "dlq", "redrive", Long.toString(key), "--config", config.toString());
      if (exit != 0) {
        throw new IllegalStateException("dlq redrive ended with " + exit);
      }
    } finally {
      Files.delete(config);
    }
  }

  /** Other keys, edited in turn at a pace, whatever the worker does. Used by one thread. */
  static final class Others {
    private static final int KEYS = 40;
    private static final Duration EVERY = Duration.ofMillis(200);
    private static final Duration LAST = Duration.ofSeconds(20);

    private final BehindStage stage;
    private final List<Long> ids = new ArrayList<>();
    private int edits;

    Others(BehindStage stage) {
      this.stage = stage;
    }

    /**
     * How they flowed.
     *
     * @param edits made
     * @param done of those, by the ledger
     */
    record Flow(int edits, int done, double seconds, double p50Ms, double p99Ms) {}

    /** While it holds, more are wanted. */
    interface Wanted {
      boolean more();
    }

    void warmUp() throws InterruptedException, TimeoutException {
      for (int i = 0; i < KEYS; i++) {
        ids.add(stage.entry(BehindStage.OPEN_DAY, 3_600));
      }
      stage.awaitTimesheets(KEYS, PATIENCE);
      flow(Duration.ofSeconds(5), () -> true);
    }

    /** Edits until nobody wants more or the time is over, then waits for the last ones. */
    Flow flow(Duration longest, Wanted wanted) throws InterruptedException {
      Edits made = new Edits();
      SimControl second = stage.second();
      long from = second.ledger(0).size();
      long began = System.nanoTime();
      long due = began;
      while (System.nanoTime() - began < longest.toNanos() && wanted.more()) {
        long id = ids.get(edits % KEYS);
        int seconds = 3_600 + 36 * (1 + edits / KEYS % 2_000);
        edits++;
        made.add(id, seconds);
        stage.edit(id, seconds);
        due += EVERY.toNanos();
        TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
      }
      double lasted = (System.nanoTime() - began) / 1e9;
      long end = System.nanoTime() + LAST.toNanos();
      while (!made.match(second.ledger(from)) && System.nanoTime() - end < 0) {
        Thread.sleep(LOOK_EVERY);
      }
      return made.flow(lasted);
    }
  }
}
