package io.timebridge.processors;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * How long a stream keeps its records, asked of Kinesis once an hour; while it cannot be asked,
 * what it said last. {@link #get} is for one thread, {@link #known} for any.
 */
final class Retention implements Supplier<Optional<Duration>> {
  private static final Duration ASK_EVERY = Duration.ofHours(1);
  private static final Duration ASK_AGAIN = Duration.ofMinutes(1);
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private final KinesisClient kinesis;
  private final String stream;
  private final LongSupplier nanos;
  private volatile Optional<Duration> known = Optional.empty();
  private long askAt;

  /** The client stays the caller's to close. */
  Retention(KinesisClient kinesis, String stream, LongSupplier nanos) {
    this.kinesis = kinesis;
    this.stream = stream;
    this.nanos = nanos;
    this.askAt = nanos.getAsLong();
  }

  /** Empty as long as Kinesis has never said. */
  @Override
  public Optional<Duration> get() {
    if (nanos.getAsLong() - askAt >= 0) {
      try {
        int hours =
            kinesis
                .describeStreamSummary(ask -> ask.streamName(stream))
                .streamDescriptionSummary()
                .retentionPeriodHours();
        known = Optional.of(Duration.ofHours(hours));
        askAt = nanos.getAsLong() + ASK_EVERY.toNanos();
      } catch (SdkException later) {
        askAt = nanos.getAsLong() + ASK_AGAIN.toNanos();
        LOG.warn("retention of {} not known: {}", stream, later.getMessage());
      }
    }
    return known;
  }

  /** What Kinesis said last, without asking it. */
  Optional<Duration> known() {
    return known;
  }
}
