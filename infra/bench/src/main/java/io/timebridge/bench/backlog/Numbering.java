package io.timebridge.bench.backlog;

import io.timebridge.bench.measure.Payload;
import java.nio.ByteBuffer;

/**
 * How the records are numbered: keys take turns, so record {@code i} is number {@code i / keys} of
 * key {@code i % keys}.
 *
 * @param records at least 1
 * @param keys at least 1
 */
record Numbering(int records, int keys) {
  Payload.Mark mark(int record) {
    return new Payload.Mark(record % keys, record / keys);
  }

  /** The record of a mark; -1 when there is none. */
  int record(Payload.Mark mark) {
    long record = (long) mark.number() * keys + mark.key();
    return mark.key() >= 0 && mark.key() < keys && mark.number() >= 0 && record < records
        ? (int) record
        : -1;
  }

  /** A record's bytes, {@code bytes} of them, at least 8; {@link Payload#decode} reads them. */
  static byte[] encode(Payload.Mark mark, int bytes) {
    return ByteBuffer.allocate(bytes).putInt(mark.key()).putInt(mark.number()).array();
  }
}
