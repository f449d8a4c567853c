package io.timebridge.bench.system;

import io.timebridge.bench.measure.Job;
import io.timebridge.bench.measure.Payload;
import io.timebridge.bench.measure.Traffic;
import io.timebridge.bench.measure.Work;
import io.timebridge.ordering.Folding;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.worker.CheckpointListener;
import io.timebridge.worker.KclApplication;
import java.util.List;

/** Timebridge's key lanes, through the product's own KCL worker or fed directly. */
final class TimebridgeSystem {
  private TimebridgeSystem() {}

  static void start(Job job, Work work) {
    KclApplication.Work<Payload.Mark> lanes =
        new KclApplication.Work<>(
            raw -> Payload.decode(raw.data()),
            handler(work),
            job.fold() ? TimebridgeSystem::hotKeys : Folding.none(),
            CheckpointListener.NONE);
    if (job.feed().equals("direct")) {
      new DirectFeed(job, lanes).start();
    } else {
      new KclApplication<>(AwsOf.source(job), AwsOf.options(job), AwsOf.clients(job), lanes)
          .start();
    }
  }

  /** Every record is a newer state; of the hot key alone, so that the others' rate compares. */
  private static int hotKeys(List<Payload.Mark> waiting) {
    return waiting.getFirst().key() == Traffic.HOT_KEY ? waiting.size() : 1;
  }

  private static Handler<Payload.Mark> handler(Work work) {
    Outcome done = new Outcome.Applied("waited");
    return (_, records) -> {
      work.handle(records);
      return done;
    };
  }
}
