package io.timebridge.ordering;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Timers on one daemon thread. Thread-safe. */
public final class ThreadTimers implements Timers, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadTimers.class);

  private final ScheduledThreadPoolExecutor executor;

  /**
   * @param name of the thread
   */
  public ThreadTimers(String name) {
    this.executor =
        new ScheduledThreadPoolExecutor(
            1,
            Thread.ofPlatform().daemon().name(name).factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    executor.setRemoveOnCancelPolicy(true);
  }

  @Override
  public void after(Duration delay, Runnable action) {
    var _ =
        executor.schedule(() -> run(action), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
  }

  private static void run(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException defect) {
      // The edge of the thread: the executor would keep the exception to itself.
      LOG.error("a timer's action failed", defect);
    }
  }

  /** Nothing runs after this, whatever still waits. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
