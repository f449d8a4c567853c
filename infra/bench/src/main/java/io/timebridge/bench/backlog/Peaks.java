package io.timebridge.bench.backlog;

import io.timebridge.bench.measure.HeapWatch;
import io.timebridge.ordering.LaneCounts;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The most that was in use, looked at fifty times a second and after each garbage collection. */
final class Peaks {
  private static final Duration EVERY = Duration.ofMillis(20);

  private final HeapWatch collections = new HeapWatch();
  private final AtomicLong live = new AtomicLong();
  private final AtomicLong heap = new AtomicLong();
  private final AtomicLong held = new AtomicLong();
  private final AtomicLong heldBytes = new AtomicLong();

  /**
   * @param heapBytes most heap in use, garbage included
   * @param liveBytes most heap in use right after a garbage collection
   * @param held most records in the lanes
   * @param heldBytes their most bytes
   */
  record Seen(long heapBytes, long liveBytes, long held, long heldBytes) {}

  /** Looks from now on. */
  void start(Supplier<LaneCounts> counts) {
    collections.start();
    ScheduledExecutorService looks =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("peaks").factory());
    var _ =
        looks.scheduleAtFixedRate(
            () -> look(counts.get()), 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look(LaneCounts counts) {
    heap.accumulateAndGet(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), Math::max);
    held.accumulateAndGet(counts.held(), Math::max);
    heldBytes.accumulateAndGet(counts.heldBytes(), Math::max);
  }

  /** Up to now; collects once, so that there is a collection to go by. */
  Seen seen() {
    long most = live.accumulateAndGet(collections.mostAfterCollection(), Math::max);
    return new Seen(heap.get(), most, held.get(), heldBytes.get());
  }
}
