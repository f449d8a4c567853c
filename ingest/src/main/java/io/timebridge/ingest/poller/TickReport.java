package io.timebridge.ingest.poller;

/** What one tick saw and did. */
sealed interface TickReport {
  /** Another poller is active, or this one's lease is about to end. */
  record Standby() implements TickReport {}

  /** SecondService or a table could not be asked; nothing changed. */
  record Trouble(String problem) implements TickReport {}

  /**
   * @param published events acknowledged and stored
   * @param waiting changes that could not be published or stored; the next tick repeats them
   * @param suspects jobs that the next look may close
   */
  record Looked(long epoch, int clients, int jobs, int published, int waiting, int suspects)
      implements TickReport {}
}
