package io.timebridge.local.kinesis;

/** One record as a shard keeps it. Immutable; its data array is never handed out to be changed. */
final class StoredRecord {

  /**
   * What a record costs beside its data and key; a cautious estimate that bounds memory, not a
   * measurement.
   */
  private static final int OVERHEAD_BYTES = 160;

  private final long ordinal;
  private final long arrivalMillis;
  private final String partitionKey;
  private final byte[] data;

  StoredRecord(long ordinal, long arrivalMillis, String partitionKey, byte[] data) {
    this.ordinal = ordinal;
    this.arrivalMillis = arrivalMillis;
    this.partitionKey = partitionKey;
    this.data = data;
  }

  long ordinal() {
    return ordinal;
  }

  long arrivalMillis() {
    return arrivalMillis;
  }

  String partitionKey() {
    return partitionKey;
  }

  byte[] data() {
    return data;
  }

  long heapBytes() {
    return OVERHEAD_BYTES + data.length + 2L * partitionKey.length();
  }
}
