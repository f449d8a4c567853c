package io.timebridge.process;

/**
 * A process cannot start with these settings. The message is for people: it names the key and the
 * fix, and never holds a secret.
 */
public final class CannotStart extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CannotStart(String message) {
    super(message);
  }
}
