package io.timebridge.failure;

import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;

/** Keeps events that cannot be applied, durably, per key in stream order. Thread-safe. */
public interface ParkedEvents {
  /**
   * Keeps the record. When this returns, the record is durably kept; parking the same record again
   * changes reason and detail at most, never the time of its first failure.
   *
   * @param reason short and fixed, for counting: {@code malformed}, {@code refused}, ...
   * @param detail for people: names the thing, the value and the fix; never a payload
   * @throws StoreTrouble if it is not known to be kept; park it again
   */
  void park(StreamRecord record, String reason, String detail)
      throws StoreTrouble, InterruptedException;

  /**
   * The key under which a record is parked. The streams of entries and of backups share their keys
   * but neither their order nor their consumer, so a backup's key gets a prefix of its own; the
   * keys of job events have theirs already.
   */
  static String parkedKey(StreamRecord record) {
    return record.envelope().route().stream() == StreamName.TIMESHEET_BACKUP
        ? "backup-" + record.key()
        : record.key();
  }
}
