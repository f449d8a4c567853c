package io.timebridge.local.aws;

import io.timebridge.stream.StreamName;
import java.time.Duration;

/**
 * How {@link Resources} are made.
 *
 * @param shardsPerStream 1 to 200; 2 by default
 * @param retention how long streams keep records, 24 hours to 365 days; {@link
 *     StreamName#DEFAULT_RETENTION} by default
 * @param readyWithin longest wait for everything to be active; 60 s by default
 */
public record ResourceOptions(int shardsPerStream, Duration retention, Duration readyWithin) {
  public ResourceOptions {
    if (shardsPerStream < 1 || shardsPerStream > 200) {
      throw new IllegalArgumentException(
          "shardsPerStream must be 1 to 200, not " + shardsPerStream);
    }
    if (retention.compareTo(Duration.ofHours(24)) < 0
        || retention.compareTo(Duration.ofDays(365)) > 0) {
      throw new IllegalArgumentException(
          "retention must be 24 hours to 365 days, not " + retention);
    }
    if (!readyWithin.isPositive()) {
      throw new IllegalArgumentException("readyWithin must be positive, not " + readyWithin);
    }
  }

  public static ResourceOptions defaults() {
    return new ResourceOptions(2, StreamName.DEFAULT_RETENTION, Duration.ofSeconds(60));
  }

  public ResourceOptions withShardsPerStream(int count) {
    return new ResourceOptions(count, retention, readyWithin);
  }

  public ResourceOptions withRetention(Duration newRetention) {
    return new ResourceOptions(shardsPerStream, newRetention, readyWithin);
  }
}
