package io.timebridge.mapping;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import java.util.Collection;

/** How a service is asked that fails now and then, and sometimes gives an empty list by mistake. */
public final class Looks {
  static final int ATTEMPTS = 3;

  private Looks() {}

  /** Asks a service. */
  @FunctionalInterface
  public interface Look<T> {
    T look() throws ServiceTrouble, InterruptedException;
  }

  /** Three times while the list is empty. */
  public static <T extends Collection<?>> T untilSome(Look<T> look)
      throws ServiceTrouble, InterruptedException {
    T seen = patiently(look);
    for (int looks = 1; seen.isEmpty() && looks < ATTEMPTS; looks++) {
      seen = patiently(look);
    }
    return seen;
  }

  /** The gate makes the next attempt wait where the service asked for it. */
  private static <T> T patiently(Look<T> look) throws ServiceTrouble, InterruptedException {
    for (int attempt = 1; true; attempt++) {
      try {
        return look.look();
      } catch (ServiceTrouble trouble) {
        boolean passes = trouble.kind() == Kind.NOT_DONE || trouble.kind() == Kind.UNKNOWN;
        if (!passes || attempt == ATTEMPTS) {
          throw trouble;
        }
      }
    }
  }
}
