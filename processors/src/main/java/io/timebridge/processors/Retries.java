package io.timebridge.processors;

import io.timebridge.failure.RetryConsumer;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.settings.Settings;
import io.timebridge.timesheet.CauseWatch;
import io.timebridge.timesheet.EntrySweep;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What brings parked keys back: wake-ups as they come, a look for those that got lost, and one for
 * causes that are put right.
 */
final class Retries {
  private static final Logger LOG = LoggerFactory.getLogger(Retries.class);

  private final RetryConsumer consumer;
  private final CauseWatch causes;
  private final Repeated sweeper;
  private final Repeated looker;

  Retries(RetryConsumer consumer, EntrySweep sweep, CauseWatch causes, Settings.Retry settings) {
    this.consumer = consumer;
    this.causes = causes;
    this.sweeper = new Repeated("sweep", settings.sweepEvery(), sweep::sweep);
    this.looker = new Repeated("causes", settings.causesEvery(), causes::look);
  }

  void start() {
    consumer.start();
    sweeper.start();
    looker.start();
  }

  /** Nothing new begins; drains under way may end. Whoever is hurried stops them all the same. */
  void stop(Duration within) {
    stopEach(List.of(sweeper::stop, looker::stop, causes::stop, () -> consumer.stop(within)));
  }

  /** Something that is stopped. */
  @FunctionalInterface
  interface Stop {
    void stop() throws StoreTrouble, InterruptedException;
  }

  /** One after the other, whatever becomes of those before. */
  static void stopEach(List<Stop> parts) {
    boolean hurried = false;
    for (Stop part : parts) {
      try {
        part.stop();
      } catch (StoreTrouble trouble) {
        LOG.warn("another worker looks for causes a little later: {}", trouble.getMessage());
      } catch (InterruptedException hurry) {
        hurried = true;
      } catch (RuntimeException defect) { // the others are to be stopped too
        LOG.error("a part of the retries could not be stopped", defect);
      }
    }
    if (hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
