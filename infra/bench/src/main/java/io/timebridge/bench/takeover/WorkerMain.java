package io.timebridge.bench.takeover;

import io.timebridge.bench.measure.Payload;
import io.timebridge.bench.process.ParentLine;
import io.timebridge.bench.scenario.AwsAt;
import io.timebridge.worker.KclApplication;
import io.timebridge.worker.RecordDecoder;
import io.timebridge.worker.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A child JVM that is one worker: the product's {@link KclApplication}, whose handler asks the
 * ledger. It reads a {@link WorkerOrder}, says {@code ready} and works until it is killed or its
 * parent wants no more.
 */
public final class WorkerMain {
  private WorkerMain() {}

  public static void main(String[] args) {
    ParentLine parent = ParentLine.open();
    try {
      WorkerOrder order = parent.order(WorkerOrder.class).orElseThrow();
      ParentLine.endAfter(Duration.ofMillis(order.endsAfterMillis()));
      String id = WorkerId.create();
      start(order, id);
      parent.tell("ready", new WorkerReady(id));
      parent.endWithParent();
    } catch (Exception e) { // the edge of the process: whatever it is, the parent is told
      parent.fail(e);
    }
  }

  private static void start(WorkerOrder order, String id) throws IOException {
    LedgerClient ledger = LedgerClient.connect(order.ledgerPort(), id);
    new KclApplication<>(
            new KclApplication.Source(order.stream(), order.application(), id),
            AwsAt.options(order.concurrency()),
            order.aws().forKcl(),
            new KclApplication.Work<>(
                decoder(id), PlantedHandlers.of(Plant.of(order.plant()), ledger)))
        .start();
  }

  private static RecordDecoder<Delivery> decoder(String worker) {
    AtomicLong deliveries = new AtomicLong();
    return raw -> {
      Payload.Mark mark = Payload.decode(raw.data());
      return new Delivery(
          worker, raw.shard(), mark.key(), mark.number(), deliveries.incrementAndGet());
    };
  }
}
