package io.timebridge.local.sim.http;

/** A request that cannot be read at all; the server answers 400 with the message. */
public final class BadRequest extends RuntimeException {
  /** The message names the field, its value and what is allowed. */
  public BadRequest(String message) {
    super(message);
  }
}
