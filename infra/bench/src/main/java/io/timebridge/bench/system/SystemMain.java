package io.timebridge.bench.system;

import io.timebridge.bench.measure.Job;
import io.timebridge.bench.measure.Measurement;
import io.timebridge.bench.process.ParentLine;
import java.time.Duration;
import java.util.Map;

/**
 * A child JVM that runs one system once. It reads a {@link Job}, says {@code consuming} when the
 * first record is done, and {@code result} in the end.
 */
public final class SystemMain {
  /** What a run may take beside its measured time: the system's start, mostly. */
  public static final Duration BESIDE = Duration.ofSeconds(90);

  private SystemMain() {}

  public static void main(String[] args) {
    ParentLine parent = ParentLine.open();
    try {
      Job job = parent.order(Job.class).orElseThrow();
      parent.endWithParent();
      ParentLine.endAfter(BESIDE.plusMillis(job.warmUpMillis() + job.runMillis()));
      Measurement measurement = new Measurement(job);
      switch (job.system()) {
        case "timebridge" -> TimebridgeSystem.start(job, measurement.work());
        case "kcl" -> KclSystem.start(job, measurement.work());
        case "cpc" -> CpcSystem.start(job, measurement.work());
        default -> throw new IllegalArgumentException("no such system: " + job.system());
      }
      measurement.awaitFirst();
      parent.tell("consuming", Map.of());
      parent.tell("result", measurement.finish());
    } catch (Exception e) { // the edge of the process: whatever it is, the parent is told
      parent.fail(e);
    }
    // Nothing here is worth an orderly end: the figures are told, the records are made up.
    Runtime.getRuntime().halt(0);
  }
}
