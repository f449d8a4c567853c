package io.timebridge.stream;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The DynamoDB tables and their keys. Lease tables of KCL are not among them; see {@link
 * StreamName#application()}.
 */
public enum TableName {
  /** One row per entry: the truth about what was applied, what is open and what waits. */
  TIMESHEET_ENTRIES("Timesheet_Entries", "entry_id", null),
  /** FirstService label -> SecondService task, by name or by id. */
  LABEL_TASK_MAPPING("Label_Task_Mapping", "label_id", null),
  /** The last published picture of every job and client of SecondService. */
  JOB_DATA("Job_Data", "id", null),
  /** The whole entry as FirstService sent it. */
  TIMESHEET_BACKUP("Timesheet_Backup", "entry_id", null),
  /** Events that wait behind a key that cannot go on, in stream order. */
  PARKED_EVENTS("Parked_Events", "key", "sequence"),
  /**
   * Few rows that several processes agree on: FirstService's token pair, the poller's lease and the
   * closures that it doubts, the shares of each service's limits, the alerts that were sent, whose
   * turn it is to look for causes, to clean up and to reconcile, what each worker tells of itself,
   * how far replays are.
   */
  COORDINATION("Coordination", "name", null);

  private final String tableName;
  private final String hashKey;
  private final @Nullable String rangeKey;

  TableName(String tableName, String hashKey, @Nullable String rangeKey) {
    this.tableName = tableName;
    this.hashKey = hashKey;
    this.rangeKey = rangeKey;
  }

  /** The name without a deployment's prefix. */
  public String tableName() {
    return tableName;
  }

  /** Name of the partition key; every key attribute is a string. */
  public String hashKey() {
    return hashKey;
  }

  public Optional<String> rangeKey() {
    return Optional.ofNullable(rangeKey);
  }
}
