package io.timebridge.stream;

/**
 * The SQS queues. A FIFO queue's name ends in {@code .fifo} after a deployment's prefix has been
 * put before it.
 */
public enum QueueName {
  /** Wake-ups of parked keys; group = key. Ids and reason only, never a payload. */
  RETRY("timebridge-retry.fifo"),
  /** Where SQS moves a wake-up that was received too often. */
  RETRY_DEAD_LETTERS("timebridge-retry-dlq.fifo"),
  /** Ticks of the deployed schedules; see {@link Tick}. */
  TICKS("timebridge-ticks"),
  /** Where ticks go that could not be sent, or were received too often. */
  TICK_DEAD_LETTERS("timebridge-ticks-dlq");

  /** Receives of one wake-up before SQS moves it to {@link #RETRY_DEAD_LETTERS}. */
  public static final int MAX_RECEIVE_COUNT = 8;

  private final String queueName;

  QueueName(String queueName) {
    this.queueName = queueName;
  }

  /** The name without a deployment's prefix. */
  public String queueName() {
    return queueName;
  }

  public boolean isFifo() {
    return queueName.endsWith(".fifo");
  }
}
