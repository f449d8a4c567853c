package io.timebridge.local.sim.http;

import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A service as {@link SimServer} drives it. For each call: {@link #enter}, the wait of {@link
 * #latency}, {@link #refuse}, {@link #perform}, {@link #leave}, and only then the answer is sent.
 * All methods are called from many threads at once.
 */
public interface Simulated {
  /** Lets a call in, or says why not; a call let in is followed by exactly one {@link #leave}. */
  Optional<Reply> enter(Request request);

  /** A call that was let in is done; its answer goes out after this. */
  void leave();

  /** How long this call takes, drawn anew for each. */
  Duration latency();

  /** Ends the session or token this call comes with, if any. */
  void expireSession(Request request);

  /**
   * Whether the caller is turned away (no session, wrong token); no effect. A call not refused here
   * is accepted.
   */
  Optional<Reply> refuse(Request request);

  /** Carries an accepted call out, whole or not at all, even when its session has ended since. */
  Reply perform(Request request);

  /** What this service says to a call that cannot be read. */
  Reply malformed(String message);

  /**
   * Answers its own part of the control API, under {@code /__sim/}; empty when the path is unknown.
   */
  Optional<Reply> control(Request request);

  /** The whole state. */
  ObjectNode state();
}
