package io.timebridge.local.kinesis;

import io.timebridge.local.net.Listen;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;

/**
 * An Amazon Kinesis Data Streams service inside this process, listening on 127.0.0.1 unless told
 * otherwise.
 *
 * <p>It speaks the JSON protocol only: clients set the system property {@code
 * aws.cborEnabled=false}. Signatures are not checked. Everything lives in memory and ends with
 * {@link #close}. {@code SubscribeToShard} is not offered. Beside the API it answers {@code
 * POST|GET|DELETE /__admin/faults} and {@code GET /__admin/state}. Thread-safe.
 */
public final class LocalKinesis implements AutoCloseable {

  private final HttpFront front;

  private LocalKinesis(HttpFront front) {
    this.front = front;
  }

  /**
   * Starts the service and returns when it accepts connections.
   *
   * @throws IllegalStateException when the port cannot be bound
   */
  public static LocalKinesis start(Options options) {
    return start(options, Listen.LOOPBACK);
  }

  /** As {@link #start(Options)}, on these addresses. */
  public static LocalKinesis start(Options options, Listen listen) {
    return new LocalKinesis(HttpFront.start(options, listen));
  }

  /** Where it listens, for the SDK's {@code endpointOverride}. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + front.port());
  }

  /** Stops listening, cuts open connections after a short grace, and forgets everything. */
  @Override
  public void close() {
    front.close();
  }

  /**
   * How the service behaves.
   *
   * @param port 0 for any free port (the default)
   * @param clock the time of arrivals, retention, iterator life and shard limits; the system's by
   *     default
   * @param throttling whether the published limits of a shard hold (1,000 records/s and 1 MiB/s in,
   *     5 reads/s and 2 MiB/s out); off by default
   * @param largeRecords whether a record and a request may have 10 MiB instead of 1 MiB and 5 MiB;
   *     off by default
   * @param maxBytesPerShard heap a shard may hold before its oldest records are trimmed, whatever
   *     the retention; 64 MiB by default
   * @param maxShards open shards the account may have; 500 by default
   * @param transition how long a stream shows CREATING, UPDATING or DELETING; none by default
   * @param reach what of a shard's time one GetRecords looks at. The real service looks at some
   *     minutes: after the last record of an idle shard, and wherever nothing arrived for long, it
   *     answers without records and is behind the latest, call after call, until the calls have
   *     come to the present. Zero by default: all
   * @param region the region in ARNs; us-east-1 by default
   * @param account the account in ARNs; 000000000000 by default
   */
  public record Options(
      int port,
      InstantSource clock,
      boolean throttling,
      boolean largeRecords,
      long maxBytesPerShard,
      int maxShards,
      Duration transition,
      Duration reach,
      String region,
      String account) {

    public Options {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
      }
      if (maxBytesPerShard < 1 || maxShards < 1) {
        throw new IllegalArgumentException(
            "maxBytesPerShard and maxShards must be at least 1, not "
                + maxBytesPerShard
                + " and "
                + maxShards);
      }
      if (transition.isNegative() || reach.isNegative()) {
        throw new IllegalArgumentException(
            "transition and reach must not be negative: " + transition + " and " + reach);
      }
    }

    /** The defaults named above. */
    public static Options defaults() {
      return new Options(
          0,
          InstantSource.system(),
          false,
          false,
          64L << 20,
          500,
          Duration.ZERO,
          Duration.ZERO,
          "us-east-1",
          "000000000000");
    }

    public Options withPort(int newPort) {
      return new Options(
          newPort,
          clock,
          throttling,
          largeRecords,
          maxBytesPerShard,
          maxShards,
          transition,
          reach,
          region,
          account);
    }

    public Options withClock(InstantSource newClock) {
      return new Options(
          port,
          newClock,
          throttling,
          largeRecords,
          maxBytesPerShard,
          maxShards,
          transition,
          reach,
          region,
          account);
    }

    public Options withThrottling(boolean on) {
      return new Options(
          port,
          clock,
          on,
          largeRecords,
          maxBytesPerShard,
          maxShards,
          transition,
          reach,
          region,
          account);
    }

    public Options withLargeRecords(boolean on) {
      return new Options(
          port,
          clock,
          throttling,
          on,
          maxBytesPerShard,
          maxShards,
          transition,
          reach,
          region,
          account);
    }

    public Options withMaxBytesPerShard(long bytes) {
      return new Options(
          port,
          clock,
          throttling,
          largeRecords,
          bytes,
          maxShards,
          transition,
          reach,
          region,
          account);
    }

    public Options withMaxShards(int count) {
      return new Options(
          port,
          clock,
          throttling,
          largeRecords,
          maxBytesPerShard,
          count,
          transition,
          reach,
          region,
          account);
    }

    public Options withTransition(Duration newTransition) {
      return new Options(
          port,
          clock,
          throttling,
          largeRecords,
          maxBytesPerShard,
          maxShards,
          newTransition,
          reach,
          region,
          account);
    }

    public Options withReach(Duration newReach) {
      return new Options(
          port,
          clock,
          throttling,
          largeRecords,
          maxBytesPerShard,
          maxShards,
          transition,
          newReach,
          region,
          account);
    }

    public Options withRegion(String newRegion) {
      return new Options(
          port,
          clock,
          throttling,
          largeRecords,
          maxBytesPerShard,
          maxShards,
          transition,
          reach,
          newRegion,
          account);
    }
  }
}
