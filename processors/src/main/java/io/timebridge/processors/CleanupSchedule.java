package io.timebridge.processors;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.settings.Settings;
import io.timebridge.timesheet.dynamodb.EntryCleanup;
import io.timebridge.timesheet.dynamodb.EntryCleanup.Cleaned;
import io.timebridge.turn.Turn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cleanup of entry rows that a deployment does by itself, one process at a time, every {@code
 * cleanup.every}, at no more than {@value #ROWS_PER_PAGE} rows read a second. When it last ended is
 * remembered by the turn: a run that a crash or a stop cuts short is done again, from the
 * beginning, by whoever looks first once the turn is free. Thread-safe.
 */
final class CleanupSchedule {
  private static final Logger LOG = LoggerFactory.getLogger(CleanupSchedule.class);

  /** How often a process looks whether it is time. */
  static final Duration LOOK_EVERY = Duration.ofMinutes(10);

  private static final Duration WARN_EVERY = Duration.ofDays(1);
  private static final int ROWS_PER_PAGE = 250;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Longer than a page and its pause take; renewed after each. */
  private static final Duration HOLD = Duration.ofMinutes(10);

  /** How long the stream keeps records. */
  @FunctionalInterface
  interface Retention {
    Duration ask() throws StoreTrouble;
  }

  private final EntryCleanup cleanup;
  private final Turn turn;
  private final Retention retention;
  private final Settings.Cleanup settings;
  private final InstantSource clock;
  private final Pause pause;
  private volatile Instant warnedAt = Instant.EPOCH;

  /** Waits between pages. */
  @FunctionalInterface
  interface Pause {
    void pause(Duration time) throws InterruptedException;
  }

  CleanupSchedule(
      EntryCleanup cleanup,
      Turn turn,
      Retention retention,
      Settings.Cleanup settings,
      InstantSource clock,
      Pause pause) {
    this.cleanup = cleanup;
    this.turn = turn;
    this.retention = retention;
    this.settings = settings;
    this.clock = clock;
    this.pause = pause;
  }

  /** In the background; looks as often as it may be due, at least every {@link #LOOK_EVERY}. */
  Repeated repeated() {
    Duration often = settings.every().compareTo(LOOK_EVERY) < 0 ? settings.every() : LOOK_EVERY;
    return new Repeated("cleanup", often, this::runIfDue);
  }

  /** Cleans up, if it is time and nobody else does. */
  void runIfDue() throws StoreTrouble, InterruptedException {
    if (settings.every().isZero() || !turn.takeAfter(settings.every(), HOLD)) {
      return;
    }
    boolean done = false;
    try {
      Duration kept = retention.ask();
      if (settings.olderThan().compareTo(kept) <= 0) {
        warn(kept);
        return;
      }
      Instant since = clock.instant().minus(settings.olderThan());
      Cleaned cleaned = cleanup.run(since, false, ROWS_PER_PAGE, this::afterPage);
      done = true;
      LOG.info(
          "cleanup: read={} stripped={} removed={} dated={} busy={}",
          cleaned.read(),
          cleaned.stripped(),
          cleaned.removed(),
          cleaned.dated(),
          cleaned.busy());
    } finally {
      if (done) {
        turn.done();
      } else {
        turn.give(); // somebody else need not wait until this turn has run out
      }
    }
  }

  /** Once a day: it may be meant so, where the stream keeps records for a year in an emergency. */
  private void warn(Duration kept) {
    Instant now = clock.instant();
    if (!now.isBefore(warnedAt.plus(WARN_EVERY))) {
      warnedAt = now;
      LOG.warn(
          "no cleanup: cleanup.older-than is {} days, and the stream keeps records for {}; one of a"
              + " removed row would be taken for a new entry",
          settings.olderThan().toDays(),
          kept.toDays());
    }
  }

  private void afterPage(Cleaned soFar) throws StoreTrouble, InterruptedException {
    pause.pause(PAUSE);
    if (!turn.take(HOLD)) {
      throw new StoreTrouble("another process has begun to clean up", null);
    }
  }
}
