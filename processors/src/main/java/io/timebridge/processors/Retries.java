package io.timebridge.processors;

import io.timebridge.failure.RetryConsumer;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.EntrySweep;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What brings parked keys back: wake-ups as they come, and a look for those that got lost. */
final class Retries {
  private static final Logger LOG = LoggerFactory.getLogger(Retries.class);

  private final RetryConsumer consumer;
  private final EntrySweep sweep;
  private final Duration every;
  private final Thread sweeper;

  Retries(RetryConsumer consumer, EntrySweep sweep, Duration every) {
    this.consumer = consumer;
    this.sweep = sweep;
    this.every = every;
    this.sweeper = Thread.ofVirtual().name("sweep").unstarted(this::sweepOnAndOn);
  }

  void start() {
    consumer.start();
    sweeper.start();
  }

  private void sweepOnAndOn() {
    try {
      while (true) {
        Thread.sleep(every);
        try {
          sweep.sweep();
        } catch (EntryStore.Unavailable trouble) {
          LOG.warn("not swept: {}", trouble.getMessage());
        } catch (RuntimeException defect) { // the edge of the thread: the next sweep comes
          LOG.error("not swept", defect);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nothing new begins; drains under way may end. */
  void stop(Duration within) {
    sweeper.interrupt();
    try {
      sweeper.join();
      consumer.stop(within);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
