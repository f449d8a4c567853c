package io.timebridge.replay;

/** A replay that ends before its end; the message says why, for people. */
public final class ReplayStopped extends Exception {
  private static final long serialVersionUID = 1L;

  /** Whose doing it was. */
  public enum Why {
    /** It was asked to stop; the same command goes on from there. */
    ASKED,
    /** Another run of the same replay is at work. */
    OTHERS,
    /** The stream did not hold what is to be read when the replay was begun. */
    TOO_OLD,
    /** More entries than one replay takes. */
    TOO_MANY
  }

  private final Why why;

  ReplayStopped(Why why, String message) {
    super(message);
    this.why = why;
  }

  public Why why() {
    return why;
  }
}
