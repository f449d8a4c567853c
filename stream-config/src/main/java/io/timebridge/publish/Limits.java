package io.timebridge.publish;

import java.time.Duration;

/**
 * The publisher's bounds, per stream.
 *
 * @param batchRecords records in one call; Kinesis takes 500
 * @param batchBytes data and keys in one call; Kinesis takes 5 MiB
 * @param recordBytes data and key of one record; Kinesis takes 1 MiB
 * @param batchesInFlight calls under way
 * @param queuedRecords undecided records; more are refused
 * @param queuedBytes their data and keys
 * @param linger longest wait for a batch to fill up while another is in flight
 * @param backoffBase first wait before a record is tried again; doubles, half of it jitter
 * @param backoffMax longest such wait
 * @param closeWithin longest wait for accepted records on close
 */
record Limits(
    int batchRecords,
    long batchBytes,
    int recordBytes,
    int batchesInFlight,
    int queuedRecords,
    long queuedBytes,
    Duration linger,
    Duration backoffBase,
    Duration backoffMax,
    Duration closeWithin) {

  static final Limits DEFAULT =
      new Limits(
          500,
          5 * 1024 * 1024,
          1024 * 1024,
          3,
          10_000,
          64 * 1024 * 1024,
          Duration.ofMillis(4),
          Duration.ofMillis(50),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10));
}
