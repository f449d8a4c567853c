package io.timebridge.services.gate;

import java.time.Duration;

/**
 * A service that is ill, or was until a moment ago.
 *
 * @param lasts from the opening of the circuit on, or since somebody wants to call again; its end
 *     is the end of the ramp
 */
public record Outage(Duration lasts, Sign sign) {
  /** What the calls of this process say of the service now. */
  public enum Sign {
    /** The circuit is not closed, and somebody wants to call. */
    DOWN,
    /** The circuit is closed and the rate rises, or the last call that tried was answered. */
    ANSWERS,
    /**
     * Nobody has wanted to call for long, so nobody finds out whether the service is well again.
     */
    UNASKED
  }
}
