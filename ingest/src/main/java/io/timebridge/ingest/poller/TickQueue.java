package io.timebridge.ingest.poller;

import java.time.Instant;
import java.util.List;

/** The queue that the deployed schedules send their ticks to. */
interface TickQueue {
  /**
   * A message.
   *
   * @param sent by the queue's own clock
   * @param receipt by which it is deleted
   */
  record Message(String body, Instant sent, String receipt) {}

  /**
   * Waits a few seconds for messages; none when none came.
   *
   * @throws StoreUnavailable when the queue cannot be asked
   */
  List<Message> receive() throws InterruptedException;

  /**
   * Deletes a message.
   *
   * @throws StoreUnavailable when it may come again
   */
  void delete(Message message) throws InterruptedException;
}
