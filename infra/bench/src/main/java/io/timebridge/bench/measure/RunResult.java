package io.timebridge.bench.measure;

import java.util.Map;

/**
 * What one run of one system measured.
 *
 * @param system {@code timebridge}, {@code kcl} or {@code cpc}
 * @param feed where its records came from: {@code kinesis}, {@code kafka} or {@code direct}
 * @param rate records completed per second in the window
 * @param otherKeysRate the same without the hot key's
 * @param p50Ms median time from the beginning of a record's handling to its end, in the window
 * @param p99Ms the same, 99th percentile
 * @param orderViolations of the whole run
 * @param duplicates records handled again, of the whole run
 * @param foldedRecords records that went along with another one's wait, in the window
 * @param peakHeapMiB most heap in use right after a garbage collection, of the whole run
 * @param cpuCores cores that the system's JVM kept busy on average during the run
 * @param loadAverage of the machine in the minute before the run's end
 * @param records completed in the window
 * @param windowSeconds length of the window
 * @param ranOut whether the records came to their end before the time did
 * @param dynamoDbCalls calls sent in the window, by operation and table
 */
public record RunResult(
    String system,
    String feed,
    double rate,
    double otherKeysRate,
    double p50Ms,
    double p99Ms,
    long orderViolations,
    long duplicates,
    long foldedRecords,
    double peakHeapMiB,
    double cpuCores,
    double loadAverage,
    long records,
    double windowSeconds,
    boolean ranOut,
    Map<String, Long> dynamoDbCalls) {
  public RunResult {
    dynamoDbCalls = Map.copyOf(dynamoDbCalls);
  }
}
