package io.timebridge.admission;

import io.timebridge.admission.Quarantine.Reason;
import io.timebridge.stream.StreamRecord;

/** What a record of a stream turned out to be; made by {@link Admission}. */
public sealed interface Delivery {
  /** To be handled. */
  record Good(StreamRecord record) implements Delivery {}

  /** To be kept out. */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  record Bad(StreamPosition at, Reason reason, String detail, byte[] data) implements Delivery {}
}
