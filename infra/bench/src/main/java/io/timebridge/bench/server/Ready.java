package io.timebridge.bench.server;

import java.util.Map;

/**
 * Report: a server answers.
 *
 * @param addresses where, by what it is: {@code kinesis}, {@code dynamodb}, {@code kafka}
 */
public record Ready(Map<String, String> addresses) {
  public Ready {
    addresses = Map.copyOf(addresses);
  }
}
