package io.timebridge.processors;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.timesheet.EntryStore;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something done again and again in the background, on a thread of its own, with the same pause
 * after each time; the first time after one pause. What goes wrong is logged, and the next time
 * comes. {@link #start()} once, {@link #stop()} once.
 */
final class Repeated {
  private static final Logger LOG = LoggerFactory.getLogger(Repeated.class);

  /** What is done. */
  @FunctionalInterface
  interface Work {
    void run() throws EntryStore.Unavailable, StoreTrouble, InterruptedException;
  }

  private final String name;
  private final Duration pause;
  private final Work work;
  private final Thread thread;

  /**
   * @param name of the thread, and in the log
   */
  Repeated(String name, Duration pause, Work work) {
    this.name = name;
    this.pause = pause;
    this.work = work;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::onAndOn);
  }

  void start() {
    thread.start();
  }

  private void onAndOn() {
    try {
      while (true) {
        Thread.sleep(pause);
        try {
          work.run();
        } catch (EntryStore.Unavailable | StoreTrouble trouble) {
          LOG.warn("{}: {}", name, trouble.getMessage());
        } catch (RuntimeException defect) { // the edge of the thread: the next time comes
          LOG.error("{}: failed", name, defect);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Interrupts what is under way, and waits for its end. */
  void stop() throws InterruptedException {
    thread.interrupt();
    thread.join();
  }
}
