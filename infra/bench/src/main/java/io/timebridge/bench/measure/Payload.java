package io.timebridge.bench.measure;

import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Route;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * The records, the same bytes for every system: an envelope of about 300 bytes whose id names the
 * key and the record's number within its key. Thread-safe.
 */
public final class Payload {
  private static final int KEY_DIGITS = 6;
  private static final int NUMBER_DIGITS = 9;

  /** Of the largest key and number; replaced digit by digit. */
  private static final byte[] TEMPLATE = template();

  private static final int ID_AT = at("\"id\":\"", 0);
  private static final int KEY_AT = at("\"key\":\"key-", 0);

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
  public static byte[] encode(int key, int number) {
    byte[] record = TEMPLATE.clone();
    write(record, ID_AT, KEY_DIGITS, key);
    write(record, ID_AT + KEY_DIGITS + 1, NUMBER_DIGITS, number);
    write(record, KEY_AT, KEY_DIGITS, key);
    return record;
  }

  /** Of a record's bytes. */
  public static Mark decode(byte[] record) {
    return new Mark(
        read(record, ID_AT, KEY_DIGITS), read(record, ID_AT + KEY_DIGITS + 1, NUMBER_DIGITS));
  }

  /** Of an envelope that was read. */
  public static Mark decode(Envelope envelope) {
    String id = envelope.id();
    return new Mark(
        Integer.parseInt(id, 0, KEY_DIGITS, 10),
        Integer.parseInt(id, KEY_DIGITS + 1, id.length(), 10));
  }

  private static byte[] template() {
    return EnvelopeCodec.encode(
        new Envelope(
            "000000-000000000",
            Envelope.Source.TIMEBRIDGE,
            Route.VERIFY,
            partitionKey(0),
            Instant.parse("2026-01-01T00:00:00Z"),
            Map.of(),
            "x".repeat(120).getBytes(StandardCharsets.US_ASCII),
            null));
  }

  private static int at(String text, int from) {
    String record = new String(TEMPLATE, StandardCharsets.US_ASCII);
    return record.indexOf(text, from) + text.length();
  }

  private static void write(byte[] record, int at, int digits, int value) {
    int left = value;
    for (int i = at + digits - 1; i >= at; i--) {
      record[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
  }

  private static int read(byte[] record, int at, int digits) {
    int value = 0;
    for (int i = at; i < at + digits; i++) {
      value = value * 10 + record[i] - '0';
    }
    return value;
  }
}
