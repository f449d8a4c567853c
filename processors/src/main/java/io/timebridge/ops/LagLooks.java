package io.timebridge.ops;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.LagReport;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the lag again and again, in a thread of its own, and remembers. Looks while somebody
 * watches and while nobody does, so that the last hour is there when it is asked for. Thread-safe.
 *
 * @implNote {@code latest} and {@code trouble} are written by the one thread.
 */
final class LagLooks implements AutoCloseable {
  private static final Duration END_WITHIN = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(LagLooks.class);

  private final Lag lag;
  private final Duration every;
  private final LagHistory history = new LagHistory();
  private final Thread thread;
  private volatile @Nullable LagReport latest;
  private volatile String trouble = "";

  /** Where the lag is looked up. */
  interface Lag {
    LagReport look() throws StoreTrouble, InterruptedException;
  }

  private LagLooks(Lag lag, Duration every) {
    this.lag = lag;
    this.every = every;
    this.thread = Thread.ofVirtual().name("lag-looks").unstarted(this::run);
  }

  /**
   * @param every from the end of one look to the begin of the next
   */
  static LagLooks start(Lag lag, Duration every) {
    LagLooks looks = new LagLooks(lag, every);
    looks.thread.start();
    return looks;
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        look();
        Thread.sleep(every);
      }
    } catch (InterruptedException stopped) {
      LOG.debug("stopped");
    }
  }

  private void look() throws InterruptedException {
    try {
      LagReport report = lag.look();
      history.add(report);
      latest = report;
      trouble = "";
    } catch (StoreTrouble failed) {
      String why = String.valueOf(failed.getMessage());
      if (trouble.isEmpty()) {
        LOG.warn("the lag cannot be seen: {}", why);
      }
      trouble = why;
    } catch (RuntimeException defect) { // the edge of the thread: the page must not stay green
      LOG.error("the lag cannot be seen", defect);
      trouble = defect.toString();
    }
  }

  /** Empty before the first look has ended. */
  Optional<LagReport> latest() {
    return Optional.ofNullable(latest);
  }

  /** Why the latest look failed; empty when it did not. */
  String trouble() {
    return trouble;
  }

  LagHistory history() {
    return history;
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      if (!thread.join(END_WITHIN)) {
        LOG.warn("a look at the lag did not end within {}", END_WITHIN);
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
