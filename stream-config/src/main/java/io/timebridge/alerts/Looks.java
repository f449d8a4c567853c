package io.timebridge.alerts;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again, on a thread of its own, until it is closed. Closing ends a look under way,
 * and waits for its end, 2 s at most. Thread-safe.
 */
public final class Looks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Looks.class);

  private static final Duration STOP_WITHIN = Duration.ofSeconds(2);

  /** Something that is looked at; what could not be told is told at a later look. */
  @FunctionalInterface
  public interface Look {
    void look() throws Alerts.NotTold, InterruptedException;
  }

  private final Duration every;
  private final List<? extends Look> looks;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;

  private Looks(String name, Duration every, List<? extends Look> looks) {
    this.every = every;
    this.looks = List.copyOf(looks);
    this.thread = Thread.ofVirtual().name(name).unstarted(this::lookOnAndOn);
  }

  /** Looks for the first time after {@code every}. */
  public static Looks start(String name, Duration every, List<? extends Look> looks) {
    Looks started = new Looks(name, every, looks);
    started.thread.start();
    return started;
  }

  private void lookOnAndOn() {
    try {
      while (!stopped.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
        for (Look look : looks) {
          once(look);
        }
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static void once(Look look) throws InterruptedException {
    try {
      look.look();
    } catch (Alerts.NotTold again) {
      LOG.warn("watch: {}", again.getMessage());
    } catch (RuntimeException defect) { // the edge of a thread: the next look may do better
      LOG.error("watch: look failed", defect);
    }
  }

  @Override
  public void close() {
    stopped.countDown();
    thread.interrupt();
    try {
      if (!thread.join(STOP_WITHIN)) {
        LOG.warn("watch: a look has not ended within {}", STOP_WITHIN);
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
