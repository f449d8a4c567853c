package io.timebridge.local.chaos;

import io.timebridge.local.planted.Plant;
import io.timebridge.local.planted.Plants;
import io.timebridge.local.planted.Step;
import io.timebridge.ordering.Handler;
import io.timebridge.processors.Wiring;
import io.timebridge.processors.WorkerMain;
import io.timebridge.settings.Settings;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.Pause;
import io.timebridge.worker.CheckpointListener;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A worker process whose steps the controller sees: the product's own {@link WorkerMain}, with its
 * parts wrapped, at a {@link ControlLine}.
 */
public final class ChaosWorker {
  private final ControlLine line;
  private final Steps steps;
  private final AtomicInteger busy = new AtomicInteger();
  private final Plant plant;

  private ChaosWorker(ControlLine line, Plant plant) {
    this.line = line;
    this.steps = line.steps();
    this.plant = plant;
  }

  public static void main(String[] args) throws IOException {
    new ChaosWorker(ControlLine.open(), Plant.valueOf(args[0])).run();
  }

  private void run() throws IOException {
    Settings settings = line.settings();
    line.obey(busy::get);
    WorkerMain.start(settings, wiring());
    line.tell("ready");
  }

  private Wiring wiring() {
    return new Wiring(
        first -> SteppedFirst.around(first, steps),
        second -> Plants.second(plant, new SteppedSecond(second, steps)),
        // the steps outermost: a plant that writes nothing has reached the step all the same
        entries -> new SteppedEntries(Plants.entries(plant, entries), steps),
        jobs -> SteppedJobs.around(jobs, steps),
        retries -> SteppedDrains.sent(retries, steps),
        drains -> SteppedDrains.received(drains, steps),
        (stream, handler) ->
            counted(Plants.handler(plant, handler, Thread.ofVirtual()::start, Pause.REAL)),
        this::checkpoints);
  }

  private Handler<StreamRecord> counted(Handler<StreamRecord> handler) {
    return (key, records) -> {
      busy.incrementAndGet();
      try {
        return handler.handle(key, records);
      } finally {
        busy.decrementAndGet();
      }
    };
  }

  private CheckpointListener checkpoints(StreamName stream) {
    return (shard, position) -> {
      position.ifPresent(at -> line.tell("at %s %s %d".formatted(stream.streamName(), shard, at)));
      steps.reached(
          Step.CHECKPOINTED,
          stream == StreamName.JOB_EVENTS ? Service.FIRST : Service.SECOND,
          Steps.UNKNOWN,
          shard);
    };
  }
}
