package io.timebridge.bench.parking;

import io.timebridge.bench.measure.HeapWatch;
import io.timebridge.bench.process.ParentLine;
import io.timebridge.processors.WorkerMain;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A child JVM that is the product's worker, and watches its heap. Reads a {@link Start}, says
 * {@code ready}; answers every further order with {@code heap} and a {@link Heap}.
 */
public final class BehindWorkerMain {
  private static final Duration LONGEST = Duration.ofHours(3);

  private BehindWorkerMain() {}

  /** Settings by key. */
  record Start(Map<String, String> settings) {
    Start {
      settings = new LinkedHashMap<>(settings);
    }
  }

  /** Order: say how much heap it was. */
  record Look(boolean now) {}

  /**
   * @param mostAfterGcBytes most in use right after a garbage collection
   */
  record Heap(long mostAfterGcBytes) {}

  public static void main(String[] args) {
    ParentLine parent = ParentLine.open();
    ParentLine.endAfter(LONGEST);
    try {
      Start start = parent.order(Start.class).orElseThrow();
      Settings settings =
          new SettingsLoader()
              .values(start.settings(), "bench")
              .load((aws, path) -> Map.of())
              .settings();
      HeapWatch heap = new HeapWatch();
      heap.start();
      try (WorkerMain.Running worker = WorkerMain.start(settings)) {
        parent.tell("ready", Map.of("line", worker.readyLine()));
        while (parent.order(Look.class).isPresent()) {
          parent.tell("heap", new Heap(heap.mostAfterCollection()));
        }
        ParentLine.endAfter(Duration.ofSeconds(8));
      }
    } catch (Exception e) { // the edge of the process: whatever it is, the parent is told
      parent.fail(e);
    }
    Runtime.getRuntime().halt(0);
  }
}
