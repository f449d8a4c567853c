package io.timebridge.admission;

/** Keeps what must not be applied: durably, findable, with an alert. */
@FunctionalInterface
public interface Quarantine {
  /** Why a record is kept out. */
  enum Reason {
    /** Not an envelope: not JSON, a field missing or wrong. */
    UNREADABLE,
    /** An envelope of a version this worker does not know. */
    UNKNOWN_VERSION,
    /** The record's partition key is not the envelope's key: its order cannot be trusted. */
    WRONG_KEY,
    /** The envelope's route belongs to another stream. */
    WRONG_STREAM,
    /** The guard refused it (a signature that does not match). */
    REFUSED
  }

  /**
   * Keeps the record. It returns when the record is durably kept; an exception means that it may
   * not be, and the call is repeated until it returns. Called again for the same position after a
   * crash: keeping a record twice is harmless. Called on virtual threads, for different records at
   * the same time.
   *
   * @param detail for people; never holds the payload
   * @param data the record as it arrived
   */
  void quarantine(StreamPosition at, Reason reason, String detail, byte[] data)
      throws InterruptedException;
}
