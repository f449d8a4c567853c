package io.timebridge.local.sim.http;

import java.time.Duration;

/**
 * Is shown every call to a service once it has arrived whole and before anything is done about it,
 * and decides what becomes of it. May hold the call back by blocking. Called on many threads at
 * once; never for the control API.
 */
@FunctionalInterface
public interface CallWatch {
  /** Lets every call take its course. */
  CallWatch NONE = (door, request) -> new Treatment.AsUsual();

  /**
   * A call has arrived.
   *
   * @param door the port it came in by
   */
  Treatment arrived(int door, Request request) throws InterruptedException;

  /** What becomes of a call; overrules the faults in force, except a reset and a delay. */
  sealed interface Treatment {
    /** Answered, or struck by whatever fault is in force. */
    record AsUsual() implements Treatment {}

    /** Carried out, and the connection closed instead of an answer. */
    record Dropped() implements Treatment {}

    /** Accepted, the connection closed at once, and carried out after the wait. */
    record Late(Duration after) implements Treatment {}
  }
}
