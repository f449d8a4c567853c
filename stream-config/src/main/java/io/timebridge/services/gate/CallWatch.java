package io.timebridge.services.gate;

import java.util.Map;

/**
 * Is told of every call that a gate lets through, on the caller's thread; must not block or throw.
 */
public interface CallWatch {
  CallWatch NONE =
      new CallWatch() {
        private final Call untold = (end, nanos) -> {};

        @Override
        public Call begins(String what) {
          return untold;
        }

        @Override
        public CallWatch and(CallWatch inner) {
          return inner;
        }
      };

  /** How a call ended. */
  enum End {
    /** With an answer, be it a business error. */
    ANSWERED,
    /** The service asked for patience, or refused the call without counting against its health. */
    REFUSED,
    /** Held back at the last moment: too late, or no share any more. */
    NOT_SENT,
    /** Surely not done: it could not be reached. */
    NOT_DONE,
    /** It may have been done: time-out, reset, 5xx, an unreadable answer. */
    UNKNOWN,
    /** With the answer that the service does not know us. */
    CREDENTIALS,
    /** We broke it off. */
    INTERRUPTED
  }

  /** A call under way. */
  @FunctionalInterface
  interface Call {
    /**
     * @param nanos since it began
     */
    void ended(End end, long nanos);
  }

  /**
   * A call begins.
   *
   * @param what the call in words; may hold ids
   */
  Call begins(String what);

  /** Headers to send with the call that has begun on this thread. */
  default Map<String, String> headers() {
    return Map.of();
  }

  /** This one, and another inside of it. */
  default CallWatch and(CallWatch inner) {
    CallWatch outer = this;
    return new CallWatch() {
      @Override
      public Call begins(String what) {
        Call first = outer.begins(what);
        Call second = inner.begins(what);
        return (end, nanos) -> {
          second.ended(end, nanos);
          first.ended(end, nanos);
        };
      }

      @Override
      public Map<String, String> headers() {
        Map<String, String> inside = inner.headers();
        return inside.isEmpty() ? outer.headers() : inside;
      }
    };
  }
}
