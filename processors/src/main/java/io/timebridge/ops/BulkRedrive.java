package io.timebridge.ops;

import io.timebridge.deadletters.Redrive;
import io.timebridge.failure.StoreTrouble;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets many keys be tried again, one run at a time, at most {@value #PER_SECOND} keys a second, so
 * that they do not come at the services in a heap. Closing stops it; what was not tried again,
 * waits as before. Thread-safe.
 *
 * @implNote {@code lock} guards the fields; keys are redriven outside of it, by one thread.
 */
public final class BulkRedrive implements AutoCloseable {
  static final int PER_SECOND = 50;

  private static final Logger LOG = LoggerFactory.getLogger(BulkRedrive.class);

  private final Parked parked;
  private final Pause pause;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Thread worker;
  private @Nullable Progress progress;

  /** How long the next key has to wait. */
  @FunctionalInterface
  interface Pause {
    void between() throws InterruptedException;
  }

  /**
   * How far the latest run is.
   *
   * @param refused keys that must not be tried again, or could not
   * @param trouble that ended it early; empty = none
   */
  public record Progress(int of, int done, int refused, boolean running, String trouble) {}

  BulkRedrive(Parked parked, Pause pause) {
    this.parked = parked;
    this.pause = pause;
  }

  /**
   * @return false = another run is under way
   */
  boolean start(List<String> keys) {
    lock.lock();
    try {
      if (worker != null) {
        return false;
      }
      progress = new Progress(keys.size(), 0, 0, true, "");
      worker = Thread.ofVirtual().name("bulk-redrive").start(() -> run(List.copyOf(keys)));
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void run(List<String> keys) {
    Progress now = new Progress(keys.size(), 0, 0, true, "");
    String trouble = "";
    try {
      for (String key : keys) {
        Optional<Redrive.Ended> ended = parked.redrive(key);
        boolean refused = ended.filter(e -> e instanceof Redrive.Ended.Refused).isPresent();
        now =
            new Progress(
                keys.size(), now.done() + 1, now.refused() + (refused ? 1 : 0), true, trouble);
        tell(now);
        pause.between();
      }
    } catch (StoreTrouble failed) {
      trouble = String.valueOf(failed.getMessage());
      LOG.warn("redrive of {} keys ended after {}: {}", keys.size(), now.done(), trouble);
    } catch (InterruptedException stopped) {
      trouble = "stopped";
    } catch (RuntimeException defect) { // the edge of the thread: the page says that it has ended
      trouble = defect.toString();
      LOG.error("redrive of {} keys ended after {}", keys.size(), now.done(), defect);
    }
    parked.forget();
    lock.lock();
    try {
      worker = null;
      progress = new Progress(keys.size(), now.done(), now.refused(), false, trouble);
    } finally {
      lock.unlock();
    }
  }

  private void tell(Progress now) {
    lock.lock();
    try {
      progress = now;
    } finally {
      lock.unlock();
    }
  }

  /** Of the latest run; empty when there was none. */
  Optional<Progress> progress() {
    lock.lock();
    try {
      return Optional.ofNullable(progress);
    } finally {
      lock.unlock();
    }
  }

  void stop() {
    lock.lock();
    try {
      if (worker != null) {
        worker.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
