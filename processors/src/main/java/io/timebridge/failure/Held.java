package io.timebridge.failure;

import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import java.util.Locale;

/**
 * What a record of {@code Parked_Events} is that waits by itself, without an entry row that speaks
 * of it. Written into each such record, and the key of the index that finds them.
 */
public enum Held {
  /** An event of a job or a client. */
  JOB,
  /** An event of the backup stream. */
  BACKUP,
  /** A record that must not be applied. */
  QUARANTINE;

  /** What the keys of quarantined records begin with. */
  public static final String QUARANTINED = "quarantine-";

  /** As it is written. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Held of(StreamRecord record) {
    return record.envelope().route().stream() == StreamName.TIMESHEET_BACKUP ? BACKUP : JOB;
  }
}
