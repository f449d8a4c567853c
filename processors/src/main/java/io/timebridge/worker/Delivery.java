package io.timebridge.worker;

import io.timebridge.ordering.StreamRecord;
import io.timebridge.worker.Quarantine.Reason;

/** What a record of a stream turned out to be. */
sealed interface Delivery {
  /** To be handled. */
  record Good(StreamRecord record) implements Delivery {}

  /** To be kept out. */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  record Bad(StreamPosition at, Reason reason, String detail, byte[] data) implements Delivery {}
}
