package io.timebridge.failure;

/**
 * Says when parked keys are tried again. Wake-ups of a key come one after the other; one may come
 * late, twice or long after its key went on, which is harmless. Thread-safe.
 */
@FunctionalInterface
public interface RetryQueue {
  /**
   * Sends a wake-up. It returns when the queue has taken it, or dropped it as one of an episode it
   * has seen within minutes.
   *
   * @throws StoreTrouble when it is not known to be taken: it stays owed
   */
  void send(WakeUp wakeUp) throws StoreTrouble, InterruptedException;

  /**
   * Sends a wake-up that comes at once, even while another of the key stays away until its next
   * try. The key may then be drained by two at a time, who meet in its row. A queue that never
   * holds one back behind another need not do anything else than {@link #send}.
   *
   * @throws StoreTrouble as {@link #send}
   */
  default void sendApart(WakeUp wakeUp) throws StoreTrouble, InterruptedException {
    send(wakeUp);
  }
}
