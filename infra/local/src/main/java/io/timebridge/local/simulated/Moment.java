package io.timebridge.local.simulated;

/** A named moment in the handling of a record, at which a process can be struck. */
enum Moment {
  /** FirstService has answered a read. */
  FETCHED,
  /** A call has been announced in the row and not been sent. */
  INTENT_WRITTEN,
  /** A changing call has arrived and has not been carried out. */
  CALL_SENT,
  /** Its answer has come, and nothing of it is written down. */
  ANSWER_RECEIVED,
  /** Its result is in the row, and the record is not finished. */
  STATE_WRITTEN,
  /** A position has been written to the shard's lease. */
  CHECKPOINTED;

  /** In the order in which they come, from 0. */
  int number() {
    return switch (this) {
      case FETCHED -> 0;
      case INTENT_WRITTEN -> 1;
      case CALL_SENT -> 2;
      case ANSWER_RECEIVED -> 3;
      case STATE_WRITTEN -> 4;
      case CHECKPOINTED -> 5;
    };
  }
}
