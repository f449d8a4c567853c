package io.timebridge.failure;

import org.jspecify.annotations.Nullable;

/**
 * A store of ours did not answer as it should. A write may have been done or not; every write of
 * this system's stores can be done again, so the step as a whole is simply tried again later.
 */
public final class StoreTrouble extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names the table, the operation and the cause; no payload
   */
  public StoreTrouble(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
