package io.timebridge.lag;

import java.time.Instant;

/**
 * A process's circuit of a service.
 *
 * @param service its key in the settings: {@code first-service}, {@code second-service}
 * @param since when it came to be so; the start of the process when it was never otherwise
 */
public record CircuitStatus(String service, Position position, Instant since) {
  /** Whether calls go through. */
  public enum Position {
    CLOSED,
    OPEN,
    /** A few calls try. */
    HALF_OPEN
  }
}
