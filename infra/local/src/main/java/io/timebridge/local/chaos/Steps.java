package io.timebridge.local.chaos;

import io.timebridge.local.planted.AroundSecond;
import io.timebridge.local.planted.Step;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The steps of this worker process: whoever reaches an armed one tells the controller and waits
 * there until it is let go. A step that nothing is armed for costs one look at an empty map.
 * Thread-safe.
 */
final class Steps {
  /** See {@link AroundSecond}. */
  static final String UNKNOWN = AroundSecond.UNKNOWN;

  static final String ADD = AroundSecond.ADD;

  static final String CHANGE = AroundSecond.CHANGE;

  private final Map<Long, Armed> armed = new ConcurrentHashMap<>();
  private final Map<Long, CountDownLatch> held = new ConcurrentHashMap<>();
  private final Consumer<String> tell;

  private record Armed(Step step, Service service, boolean addsOnly, AtomicInteger left) {
    boolean counts(Step at, Service of, String operation) {
      return step == at
          && service == of
          && (!addsOnly || !operation.equals(CHANGE))
          && left.decrementAndGet() == 0;
    }
  }

  /**
   * @param tell takes one line for the controller
   */
  Steps(Consumer<String> tell) {
    this.tell = tell;
  }

  void arm(long id, Step step, Service service, int nth, boolean addsOnly) {
    armed.put(id, new Armed(step, service, addsOnly, new AtomicInteger(nth)));
  }

  void disarm(long id) {
    armed.remove(id);
  }

  /** Lets the thread go that is held at this strike. */
  void go(long id) {
    CountDownLatch latch = held.remove(id);
    if (latch != null) {
      latch.countDown();
    }
  }

  /**
   * A step is reached.
   *
   * @param key of the record; {@link #UNKNOWN} where the step does not show it
   */
  void reached(Step step, Service service, String operation, String key) {
    if (armed.isEmpty()) {
      return;
    }
    for (Map.Entry<Long, Armed> each : armed.entrySet()) {
      if (each.getValue().counts(step, service, operation)) {
        long id = each.getKey();
        armed.remove(id);
        CountDownLatch latch = new CountDownLatch(1);
        held.put(id, latch);
        tell.accept("hit %d %s %s".formatted(id, operation, key));
        awaitWhateverComes(latch);
        return;
      }
    }
  }

  /** An interrupt must not move the moment of the blow; it is passed on afterwards. */
  private static void awaitWhateverComes(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
