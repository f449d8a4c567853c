package io.timebridge.reconcile.sides;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.reconcile.CannotCompare;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.timesheet.EntryStore;
import java.time.Duration;

/**
 * Reads again what ended in trouble: up to {@value #TRIES} times, with growing waits, as long as
 * the service asks for at most. Only for what changes nothing.
 */
final class Patient {
  private static final int TRIES = 12;
  private static final Duration FIRST_WAIT = Duration.ofMillis(200);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** Waits. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }

  /** Something that is read. */
  @FunctionalInterface
  interface Reading<T> {
    T read() throws ServiceTrouble, StoreTrouble, EntryStore.Unavailable, InterruptedException;
  }

  private final Sleeper sleeper;

  Patient(Sleeper sleeper) {
    this.sleeper = sleeper;
  }

  <T> T read(Reading<T> reading) throws CannotCompare, InterruptedException {
    Duration wait = FIRST_WAIT;
    for (int tries = 1; ; tries++) {
      Duration asked = Duration.ZERO;
      try {
        return reading.read();
      } catch (ServiceTrouble trouble) {
        boolean forGood = trouble.kind() == ServiceTrouble.Kind.CREDENTIALS;
        if (forGood || tries >= TRIES) {
          throw new CannotCompare(message(trouble), forGood, trouble);
        }
        asked = trouble.retryAfter().orElse(Duration.ZERO);
      } catch (StoreTrouble | EntryStore.Unavailable trouble) {
        if (tries >= TRIES) {
          throw new CannotCompare(message(trouble), true, trouble);
        }
      }
      sleeper.sleep(shorter(asked.compareTo(wait) > 0 ? asked : wait));
      wait = shorter(wait.multipliedBy(2));
    }
  }

  private static Duration shorter(Duration wait) {
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }

  private static String message(Exception trouble) {
    return String.valueOf(trouble.getMessage());
  }
}
