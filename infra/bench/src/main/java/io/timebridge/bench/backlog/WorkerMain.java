package io.timebridge.bench.backlog;

import io.timebridge.bench.measure.Payload;
import io.timebridge.bench.process.ParentLine;
import io.timebridge.bench.scenario.AwsAt;
import io.timebridge.ordering.Folding;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.worker.KclApplication;
import io.timebridge.worker.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A child JVM that is one worker: the product's {@link KclApplication}, whose handler waits at a
 * gate, which stands for a service that does not answer. It reads a {@link WorkerOrder}, says
 * {@code blocked} when the first record waits, then answers each {@link Command} with a {@link
 * Report}; after the last one it ends.
 */
public final class WorkerMain {
  private static final Duration FIRST_WITHIN = Duration.ofSeconds(60);

  private final WorkerOrder order;
  private final ParentLine parent;
  private final BacklogJudge judge;
  private final Peaks peaks = new Peaks();
  private final AtomicLong checkpoints = new AtomicLong();
  private final CountDownLatch gate = new CountDownLatch(1);

  private WorkerMain(WorkerOrder order, ParentLine parent) {
    this.order = order;
    this.parent = parent;
    this.judge = new BacklogJudge(new Numbering(order.records(), order.keys()));
  }

  public static void main(String[] args) {
    ParentLine parent = ParentLine.open();
    try {
      WorkerOrder order = parent.order(WorkerOrder.class).orElseThrow();
      ParentLine.endAfter(Duration.ofMillis(order.endsAfterMillis()));
      new WorkerMain(order, parent).run();
    } catch (Exception e) { // the edge of the process: whatever it is, the parent is told
      parent.fail(e);
    }
    // Nothing here is worth an orderly end: the figures are told, the records are made up.
    Runtime.getRuntime().halt(0);
  }

  private void run() throws IOException, InterruptedException {
    KclApplication<Payload.Mark> application =
        new KclApplication<>(
            new KclApplication.Source(order.stream(), order.application(), WorkerId.create()),
            AwsAt.options(order.concurrency()),
            order.aws().forKcl(),
            new KclApplication.Work<>(
                raw -> Payload.decode(raw.data()),
                handler(),
                Folding.none(),
                (_, _) -> checkpoints.incrementAndGet()));
    peaks.start(application::counts);
    application.start();
    if (!judge.awaitFirst(FIRST_WITHIN.toNanos())) {
      throw new IllegalStateException("no record within " + FIRST_WITHIN.toSeconds() + " s");
    }
    parent.tell("blocked", Map.of());
    while (parent.order(Command.class).orElseThrow() == Command.LOOK) {
      parent.tell("stands", report(0));
    }
    parent.endWithParent();
    long opened = System.nanoTime();
    gate.countDown();
    // Whether they all were done, the judge's numbers say.
    judge.awaitAll(TimeUnit.MILLISECONDS.toNanos(order.drainsWithinMillis()));
    parent.tell("stands", report((System.nanoTime() - opened) / 1e9));
  }

  private Handler<Payload.Mark> handler() {
    Outcome done = new Outcome.Applied("waited");
    Outcome stranger = new Outcome.Skipped("nobody put it");
    return (_, records) -> {
      Payload.Mark mark = records.getLast();
      if (!judge.begin(mark)) {
        return stranger;
      }
      gate.await();
      Thread.sleep(order.latencyMillis());
      judge.end(mark);
      return done;
    };
  }

  private Report report(double seconds) {
    return new Report(judge.seen(), checkpoints.get(), peaks.seen(), seconds);
  }
}
