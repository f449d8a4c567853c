package io.timebridge.publish;

import java.util.List;

/** The two calls of Kinesis that publishing needs. Thread-safe. */
interface KinesisCall extends AutoCloseable {
  /** One record of a call. The bytes belong to the call: nobody changes them. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(String key, byte[] data) {}

  /** What Kinesis says of one record. */
  sealed interface Answer {
    record Stored(String shardId, String sequenceNumber) implements Answer {}

    /** Not stored, try again: throttled or an internal failure. */
    record Refused(String code) implements Answer {}
  }

  /**
   * PutRecords, once: no retries of its own.
   *
   * @return one answer per entry, in order
   * @throws RuntimeException when there is no such answer; the entries may be stored
   */
  List<Answer> put(String stream, List<Entry> entries);

  /**
   * Asks whether the stream can be written to.
   *
   * @throws RuntimeException when it cannot, or nobody answers
   */
  void probe(String stream);

  @Override
  void close();
}
