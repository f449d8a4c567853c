package io.timebridge.bench.measure;

import java.util.Map;

/**
 * What one child JVM has to measure.
 *
 * @param system {@code timebridge}, {@code kcl} or {@code cpc}
 * @param feed {@code kinesis}, {@code kafka} or {@code direct}
 * @param stream its name, or the topic's
 * @param run names this run: its lease table or consumer group
 * @param addresses of the servers: {@code kinesis}, {@code dynamodb}, {@code kafka}
 * @param fold whether the hot key's waiting records go into one handling
 * @param records that end the run when they are all done
 * @param warmUpMillis from the first record on, not measured
 * @param runMillis after that; its middle 80 % are measured
 */
public record Job(
    String system,
    String feed,
    String stream,
    String run,
    Map<String, String> addresses,
    long latencyMillis,
    int concurrency,
    int keys,
    int shards,
    int hotKeyPercent,
    boolean fold,
    int records,
    long warmUpMillis,
    long runMillis) {
  public Job {
    addresses = Map.copyOf(addresses);
  }

  /** Where a server listens. */
  public String address(String server) {
    String address = addresses.get(server);
    if (address == null) {
      throw new IllegalArgumentException("no address of " + server + " among " + addresses);
    }
    return address;
  }
}
