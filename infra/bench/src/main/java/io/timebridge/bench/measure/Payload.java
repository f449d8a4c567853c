package io.timebridge.bench.measure;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * The records, the same bytes for every system: the key, the record's number within its key, and
 * filling up to {@value #BYTES} bytes. Thread-safe.
 */
public final class Payload {
  /** Size of every record, without its partition key. */
  public static final int BYTES = 300;

  private Payload() {}

  /**
   * One record of a key.
   *
   * @param key 0 to 999,999
   * @param number from 0, counted per key
   */
  public record Mark(int key, int number) {}

  /** The partition key of a key's records. */
  public static String partitionKey(int key) {
    return String.format(Locale.ROOT, "key-%06d", key);
  }

  /** The record's bytes. */
  public static byte[] encode(Mark mark) {
    return ByteBuffer.allocate(BYTES).putInt(mark.key()).putInt(mark.number()).array();
  }

  /** Of a record's bytes; the buffer's position stays. */
  public static Mark decode(ByteBuffer record) {
    int at = record.position();
    return new Mark(record.getInt(at), record.getInt(at + Integer.BYTES));
  }

  /** Of a record's bytes. */
  public static Mark decode(byte[] record) {
    return decode(ByteBuffer.wrap(record));
  }
}
