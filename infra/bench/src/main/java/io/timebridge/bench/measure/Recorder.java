package io.timebridge.bench.measure;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;

/**
 * Every completion, in memory that is there beforehand: eight bytes each, and no allocation while
 * it is measured. Thread-safe.
 */
public final class Recorder {
  private static final int LATENCY_BITS = 31;
  private static final long LATENCY_MASK = (1L << LATENCY_BITS) - 1;
  private static final long HOT = 1L << 63;
  private static final long WRITTEN = 1L << 62;
  private static final long FOLDED = 1L << 61;
  private static final long FLAGS = HOT | WRITTEN | FOLDED;

  private final long originNanos;
  private final AtomicLongArray completions;
  private final AtomicInteger count = new AtomicInteger();
  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch full = new CountDownLatch(1);

  /**
   * @param records completions that end the run; what comes after them is not recorded
   * @param originNanos the run's time 0, of {@link System#nanoTime}
   */
  public Recorder(int records, long originNanos) {
    this.completions = new AtomicLongArray(records);
    this.originNanos = originNanos;
  }

  /** A record is done. */
  void completed(long beganNanos, long endedNanos, boolean hot, boolean folded) {
    int at = count.getAndIncrement();
    if (at >= completions.length()) {
      return;
    }
    long endedMicros = (endedNanos - originNanos) / 1000;
    long latencyMicros = (endedNanos - beganNanos) / 1000;
    long flags = WRITTEN | (hot ? HOT : 0) | (folded ? FOLDED : 0);
    completions.setRelease(at, flags | endedMicros << LATENCY_BITS | latencyMicros);
    if (at == 0) {
      first.countDown();
    }
    if (at == completions.length() - 1) {
      full.countDown();
    }
  }

  /** Waits for the first completion. */
  public void awaitFirst() throws InterruptedException {
    first.await();
  }

  /** Waits until all records are done; false when they are not within that time. */
  public boolean awaitAll(Duration within) throws InterruptedException {
    return full.await(within.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What was recorded so far, each slot once: a completion under way may be left out. */
  public void forEach(Consumer<Completion> visitor) {
    int recorded = Math.min(count.get(), completions.length());
    for (int i = 0; i < recorded; i++) {
      long completion = completions.getAcquire(i);
      if (completion != 0) {
        visitor.accept(
            new Completion(
                (completion & ~FLAGS) >>> LATENCY_BITS,
                completion & LATENCY_MASK,
                (completion & HOT) != 0,
                (completion & FOLDED) != 0));
      }
    }
  }

  /**
   * One record's end.
   *
   * @param endedMicros since the run's time 0
   * @param latencyMicros from the beginning of its handling to its end
   * @param folded whether it went along with another record's wait
   */
  public record Completion(long endedMicros, long latencyMicros, boolean hot, boolean folded) {}
}
