package io.timebridge.services.gate;

/**
 * What one process may use of a service's limits at present.
 *
 * @param concurrentCalls at least 0
 * @param callsPerSecond may be a fraction: 0.25 is one call every four seconds
 * @param sessions numbers 0 to {@code sessions - 1} are given out to the calls
 */
public record Allowance(int concurrentCalls, double callsPerSecond, int sessions) {
  /** No calls at all. */
  public static final Allowance NONE = new Allowance(0, 0, 0);

  public Allowance {
    if (concurrentCalls < 0 || !(callsPerSecond >= 0) || sessions < 0) {
      throw new IllegalArgumentException(
          "an allowance cannot be negative: %d calls, %s per second, %d sessions"
              .formatted(concurrentCalls, callsPerSecond, sessions));
    }
  }

  /** Whether no call may be made. */
  public boolean isNone() {
    return concurrentCalls == 0 || callsPerSecond == 0 || sessions == 0;
  }

  boolean isBelow(Allowance other) {
    return concurrentCalls < other.concurrentCalls
        || callsPerSecond < other.callsPerSecond
        || sessions < other.sessions;
  }
}
