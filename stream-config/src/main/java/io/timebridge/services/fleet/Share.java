package io.timebridge.services.fleet;

/**
 * A number of concurrent calls and of sessions: a limit, a part of one, or a wish.
 *
 * @param calls at least 0
 * @param sessions at least 0
 */
public record Share(int calls, int sessions) {
  public static final Share NONE = new Share(0, 0);

  public Share {
    if (calls < 0 || sessions < 0) {
      throw new IllegalArgumentException(
          "a share cannot be negative: %d calls, %d sessions".formatted(calls, sessions));
    }
  }

  /** A call needs a session, so either of them alone is worth nothing. */
  boolean isNone() {
    return calls == 0 || sessions == 0;
  }

  Share atMost(Share other) {
    return new Share(Math.min(calls, other.calls), Math.min(sessions, other.sessions));
  }

  Share plus(Share other) {
    return new Share(calls + other.calls, sessions + other.sessions);
  }

  /** What is left of this; none where there is less than nothing. */
  Share minus(Share other) {
    return new Share(Math.max(0, calls - other.calls), Math.max(0, sessions - other.sessions));
  }

  /** Whether both numbers are at most the other's. */
  boolean fitsIn(Share other) {
    return calls <= other.calls && sessions <= other.sessions;
  }
}
