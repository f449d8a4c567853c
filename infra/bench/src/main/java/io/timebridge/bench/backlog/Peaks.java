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
  private final AtomicLong afterGc = new AtomicLong();
  private final AtomicLong heap = new AtomicLong();
  private final AtomicLong held = new AtomicLong();
  private final AtomicLong heldBytes = new AtomicLong();

  /**
   * @param heapBytes most heap in use, garbage included
   * @param afterGcBytes most heap in use right after a garbage collection, most of which clean only
   *     the young generation
   * @param liveBytes heap in use right after the whole heap was cleaned, for this look
   * @param held most records in the lanes
   * @param heldBytes their most bytes
   */
  record Seen(long heapBytes, long afterGcBytes, long liveBytes, long held, long heldBytes) {}

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
    heap.accumulateAndGet(used(), Math::max);
    held.accumulateAndGet(counts.held(), Math::max);
    heldBytes.accumulateAndGet(counts.heldBytes(), Math::max);
  }

  private static long used() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Up to now; cleans the whole heap first. */
  Seen seen() {
    long most = afterGc.accumulateAndGet(collections.mostAfterCollection(), Math::max);
    return new Seen(heap.get(), most, used(), held.get(), heldBytes.get());
  }
}
