package io.timebridge.alerts;

/**
 * Tells people of problems: each once, whichever and however many processes see it, and once more
 * for every day that it lasts. A message may come twice when a process dies right after it was
 * sent. Thread-safe.
 */
public interface Alerts {
  /**
   * Tells of a problem, unless it has been told.
   *
   * @param episode grows from one occurrence of the problem to the next
   * @return whether this call told it
   * @throws NotTold when it could not be told or it is not known: to be called again later
   */
  boolean raise(Alert alert, long episode) throws NotTold, InterruptedException;

  /**
   * Tells that a problem is over, if it was told and not yet called off.
   *
   * @param alert with the same problem, and words that fit its end
   * @param episode above that of the problem
   * @return whether this call told it
   * @throws NotTold see {@link #raise}
   */
  boolean over(Alert alert, long episode) throws NotTold, InterruptedException;

  /**
   * What was last told of a problem; strongly consistent.
   *
   * @throws NotTold when it cannot be found out now
   */
  Told told(String problem) throws NotTold, InterruptedException;

  /**
   * Counts that somebody sees a problem, so that others know before they tell of its end.
   *
   * @throws NotTold when it cannot be written down now
   */
  void seen(String problem) throws NotTold, InterruptedException;

  /**
   * What was told of a problem.
   *
   * @param episode of the last message; 0 = there was none
   * @param open whether that message told of the problem, and not of its end
   * @param sightings how often {@link Alerts#seen} was called, ever
   */
  record Told(long episode, boolean open, long sightings) {
    /** Nothing was ever told. */
    public static final Told NEVER = new Told(0, false, 0);
  }

  /** The message did not go out, or nobody knows whether it has. */
  final class NotTold extends Exception {
    private static final long serialVersionUID = 1L;

    public NotTold(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
