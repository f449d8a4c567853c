package io.timebridge.local.chaos;

import io.timebridge.local.planted.Plant;
import io.timebridge.local.planted.Plants;
import io.timebridge.local.planted.Step;
import io.timebridge.ordering.Handler;
import io.timebridge.processors.Wiring;
import io.timebridge.processors.WorkerMain;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.Pause;
import io.timebridge.worker.CheckpointListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker process whose steps the controller sees: the product's own {@link WorkerMain}, with its
 * parts wrapped. Settings come over standard input, one {@code key=value} a line up to an empty
 * line; then orders come that way ({@code arm}, {@code disarm}, {@code go}, {@code busy}), and
 * reports go out over standard output ({@code ready}, {@code hit}, {@code at}, {@code busy}). Ends
 * at once when its standard input ends. The log goes to standard error.
 */
public final class ChaosWorker {
  private static final Logger LOG = LoggerFactory.getLogger(ChaosWorker.class);

  private final PrintStream out;
  private final ReentrantLock writing = new ReentrantLock();
  private final AtomicInteger busy = new AtomicInteger();
  private final Steps steps = new Steps(this::tell);
  private final Plant plant;

  private ChaosWorker(PrintStream out, Plant plant) {
    this.out = out;
    this.plant = plant;
  }

  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    System.setOut(System.err); // nothing else may speak on the line to the controller
    Plant plant = Plant.valueOf(args[0]);
    new ChaosWorker(out, plant)
        .run(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
  }

  private void run(BufferedReader in) throws IOException {
    Settings settings =
        new SettingsLoader()
            .values(settings(in), "controller")
            .load((where, path) -> Map.of())
            .settings();
    Thread.ofPlatform().daemon().name("orders").start(() -> orders(in));
    WorkerMain.start(settings, wiring());
    tell("ready");
  }

  private static Map<String, String> settings(BufferedReader in) throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      int equals = line.indexOf('=');
      settings.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return settings;
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
      position.ifPresent(at -> tell("at %s %s %d".formatted(stream.streamName(), shard, at)));
      steps.reached(
          Step.CHECKPOINTED,
          stream == StreamName.JOB_EVENTS ? Service.FIRST : Service.SECOND,
          Steps.UNKNOWN,
          shard);
    };
  }

  private void tell(String line) {
    writing.lock();
    try {
      out.println(line);
      out.flush();
    } finally {
      writing.unlock();
    }
  }

  private void orders(BufferedReader in) {
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ");
        switch (words[0]) {
          case "arm" ->
              steps.arm(
                  Long.parseLong(words[1]),
                  Step.valueOf(words[2]),
                  Service.valueOf(words[3]),
                  Integer.parseInt(words[4]),
                  Boolean.parseBoolean(words[5]));
          case "disarm" -> steps.disarm(Long.parseLong(words[1]));
          case "go" -> steps.go(Long.parseLong(words[1]));
          case "busy" -> tell("busy " + busy.get());
          default -> throw new IllegalArgumentException("no such order: " + line);
        }
      }
    } catch (IOException | RuntimeException broken) {
      LOG.error("the line to the controller is broken", broken);
    }
    Runtime.getRuntime().halt(3); // the controller is gone, or speaks another language
  }
}
