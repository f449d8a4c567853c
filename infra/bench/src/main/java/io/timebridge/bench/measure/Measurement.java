package io.timebridge.bench.measure;

import io.timebridge.bench.measure.Statistics.Window;
import java.time.Duration;
import java.util.stream.LongStream;

/**
 * One measured run, from the system's start to its figures. Used by one thread; the {@link Work} it
 * hands out is thread-safe.
 */
public final class Measurement {
  private final long originNanos = System.nanoTime();
  private final Job job;
  private final OrderCheck order;
  private final Recorder recorder;
  private final Work work;
  private final HeapWatch heap = new HeapWatch();
  private final MachineWatch machine = new MachineWatch();

  /** Makes it ready; the heap is watched from now on. */
  public Measurement(Job job) {
    this.job = job;
    this.order = new OrderCheck(job.keys());
    this.recorder = new Recorder(job.records(), originNanos);
    this.work =
        new Work(Duration.ofMillis(job.latencyMillis()), job.hotKeyPercent() > 0, order, recorder);
    heap.start();
  }

  public Work work() {
    return work;
  }

  /** Returns when the first record is done: the run's beginning. */
  public void awaitFirst() throws InterruptedException {
    recorder.awaitFirst();
    machine.start();
  }

  /** Waits for the end of the run, of its time or of its records, and looks at it. */
  public RunResult finish() throws InterruptedException {
    Duration time = Duration.ofMillis(job.warmUpMillis() + job.runMillis());
    boolean ranOut = recorder.awaitAll(time);
    machine.stop();
    long nowMicros = (System.nanoTime() - originNanos) / 1000;
    Bounds bounds = new Bounds();
    recorder.forEach(bounds::add);
    long begin = bounds.first + job.warmUpMillis() * 1000;
    long end = ranOut ? bounds.last : Math.min(nowMicros, begin + job.runMillis() * 1000);
    if (begin >= end) { // too few records for the warm-up: better the whole run than none of it
      begin = bounds.first;
    }
    return result(Window.middleOf(begin, end), ranOut);
  }

  private RunResult result(Window window, boolean ranOut) {
    Counts counts = new Counts(window);
    recorder.forEach(counts::add);
    long[] latencies = counts.latencies.build().toArray();
    return new RunResult(
        job.system(),
        job.feed(),
        counts.all / window.seconds(),
        (counts.all - counts.hot) / window.seconds(),
        Statistics.percentile(latencies, 0.5) / 1000,
        Statistics.percentile(latencies, 0.99) / 1000,
        order.violations(),
        order.duplicates(),
        counts.folded,
        heap.mostAfterCollection() / (double) (1 << 20),
        machine.cores(),
        machine.loadAverage(),
        counts.all,
        window.seconds(),
        ranOut,
        AwsCalls.between(
            originNanos + window.fromMicros() * 1000, originNanos + window.toMicros() * 1000));
  }

  private static final class Bounds {
    long first = Long.MAX_VALUE;
    long last;

    void add(Recorder.Completion completion) {
      first = Math.min(first, completion.endedMicros());
      last = Math.max(last, completion.endedMicros());
    }
  }

  private static final class Counts {
    final Window window;
    final LongStream.Builder latencies = LongStream.builder();
    long all;
    long hot;
    long folded;

    Counts(Window window) {
      this.window = window;
    }

    void add(Recorder.Completion completion) {
      if (window.contains(completion.endedMicros())) {
        latencies.add(completion.latencyMicros());
        all++;
        hot += completion.hot() ? 1 : 0;
        folded += completion.folded() ? 1 : 0;
      }
    }
  }
}
