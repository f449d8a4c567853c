package io.timebridge.services.gate;

import io.timebridge.services.ServiceTrouble;

/**
 * How a call that reached its end tells of the service's health. A {@link ServiceTrouble} that is
 * thrown instead is the third way to end: it counts as a failure.
 */
public sealed interface Ending<T> {
  /** The service answered, be it with a business error: a success for its health. */
  record Answered<T>(T answer) implements Ending<T> {}

  /** It answered that it does not know us: told apart, and a success for its health. */
  record NotKnown<T>(T answer) implements Ending<T> {}

  /**
   * Says nothing of the service's health: it asked for patience (429), or nothing was sent. The
   * trouble goes to the caller; where it carries a {@code retryAfter}, every other call waits that
   * long too.
   */
  record NotCounted<T>(ServiceTrouble trouble) implements Ending<T> {}
}
