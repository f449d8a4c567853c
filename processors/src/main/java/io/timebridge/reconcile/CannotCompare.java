package io.timebridge.reconcile;

import org.jspecify.annotations.Nullable;

/**
 * A side could not be read to its end, however often it was tried: what depends on it is not
 * compared. The message says which side, and why.
 */
public final class CannotCompare extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean forGood;

  /**
   * @param forGood whether nothing else can be compared either until a person has done something
   */
  public CannotCompare(String message, boolean forGood, @Nullable Throwable cause) {
    super(message, cause);
    this.forGood = forGood;
  }

  boolean isForGood() {
    return forGood;
  }
}
