package io.timebridge.lag.aws;

import io.timebridge.lag.Backlog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * Looks into a shard from a checkpoint on, within bounds: at most {@value #MOST_RECORDS} records a
 * call, and one call a second, since a shard gives five calls and 2 MB a second to all who read it,
 * the workers among them. A call that is throttled is made again a second later, {@value #TRIES}
 * times in all. Thread-safe.
 */
final class ShardReader {
  static final int MOST_RECORDS = 250;
  static final int TRIES = 4;
  static final Duration BETWEEN_CALLS = Duration.ofSeconds(1);

  /** How a thread waits. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }

  private final KinesisClient kinesis;
  private final InstantSource clock;
  private final Sleeper sleeper;

  /**
   * @param kinesis makes each call once; stays the caller's to close
   */
  ShardReader(KinesisClient kinesis, InstantSource clock, Sleeper sleeper) {
    this.kinesis = kinesis;
    this.clock = clock;
    this.sleeper = sleeper;
  }

  /**
   * Looks.
   *
   * @param checkpoint as in a lease; empty = none, all that the stream keeps counts
   * @param calls at most so many to count, at least 1; and one more where they do not reach the end
   */
  Backlog read(String stream, String shard, Optional<String> checkpoint, int calls)
      throws InterruptedException {
    Reading reading = new Reading(clock.instant(), checkpoint.orElse(""));
    try {
      return reading.read(stream, shard, calls);
    } catch (ProvisionedThroughputExceededException throttled) {
      return reading.soFar("throttled by Kinesis");
    } catch (ResourceNotFoundException gone) {
      return reading.soFar("the stream keeps it no more");
    } catch (SdkException failed) {
      return reading.soFar("not read: " + failed.getMessage());
    }
  }

  /** One look. */
  private final class Reading {
    private final Instant at;
    private final String checkpoint;
    private @Nullable Instant first;
    private @Nullable Instant newest;
    private long counted;
    private long lately;
    private boolean whole;
    private boolean asked;
    private Duration unread = Duration.ZERO;
    private OptionalDouble in = OptionalDouble.empty();
    private @Nullable Instant last;

    Reading(Instant at, String checkpoint) {
      this.at = at;
      this.checkpoint = checkpoint;
    }

    Backlog read(String stream, String shard, int calls) throws InterruptedException {
      String iterator = iterator(stream, shard, this::fromCheckpoint);
      for (int call = 0; call < calls && !whole; call++) {
        GetRecordsResponse answer = records(iterator);
        count(answer.records());
        String next = answer.nextShardIterator();
        unread = unread(answer);
        whole = next == null || unread.isZero();
        iterator = next == null ? iterator : next;
      }
      if (whole) {
        last = newest;
        if (first != null && !first.isAfter(at.minus(Backlog.RATE_OVER))) {
          in = OptionalDouble.of((double) lately / Backlog.RATE_OVER.toSeconds());
        }
      } else {
        lookAtTheEnd(stream, shard);
      }
      return soFar("");
    }

    /** With the record at the checkpoint, so that its arrival is known where none follows. */
    private void fromCheckpoint(GetShardIteratorRequest.Builder from) {
      if (checkpoint.isEmpty() || checkpoint.equals("TRIM_HORIZON")) {
        from.shardIteratorType(ShardIteratorType.TRIM_HORIZON);
      } else if (checkpoint.equals("LATEST")) {
        from.shardIteratorType(ShardIteratorType.LATEST);
      } else {
        from.shardIteratorType(ShardIteratorType.AT_SEQUENCE_NUMBER)
            .startingSequenceNumber(checkpoint);
      }
    }

    private void count(List<Record> records) {
      for (Record record : records) {
        Instant arrived = record.approximateArrivalTimestamp();
        newest = arrived;
        if (!record.sequenceNumber().equals(checkpoint)) {
          first = first == null ? arrived : first;
          counted++;
          lately += arrived.isAfter(at.minus(Backlog.RATE_OVER)) ? 1 : 0;
        }
      }
    }

    /** What arrived in the last minute: all of it, or the first so many. */
    private void lookAtTheEnd(String stream, String shard) throws InterruptedException {
      Instant from = at.minus(Backlog.RATE_OVER);
      String iterator =
          iterator(
              stream,
              shard,
              r -> r.shardIteratorType(ShardIteratorType.AT_TIMESTAMP).timestamp(from));
      GetRecordsResponse answer = records(iterator);
      List<Record> records = answer.records();
      if (!records.isEmpty()) {
        last = records.getLast().approximateArrivalTimestamp();
      }
      if (unread(answer).isZero() && newest != null && last != null) {
        unread = Duration.between(newest, last); // nothing came after that
      }
      in =
          unread(answer).isZero()
              ? OptionalDouble.of((double) records.size() / Backlog.RATE_OVER.toSeconds())
              : rate(
                  records.size(),
                  records.isEmpty() ? null : records.getFirst().approximateArrivalTimestamp(),
                  last);
    }

    Backlog soFar(String trouble) {
      OptionalDouble read = whole ? OptionalDouble.empty() : rate(counted, first, newest);
      return new Backlog(
          at,
          Optional.ofNullable(first),
          Optional.ofNullable(last),
          counted,
          whole,
          unread,
          read,
          in,
          trouble);
    }

    private String iterator(
        String stream, String shard, Consumer<GetShardIteratorRequest.Builder> from)
        throws InterruptedException {
      return patiently(() ->
              kinesis.getShardIterator(r -> {
                r.streamName(stream).shardId(shard);
                from.accept(r);
              }))
          .shardIterator();
    }

    private GetRecordsResponse records(String iterator) throws InterruptedException {
      if (asked) {
        sleeper.sleep(BETWEEN_CALLS);
      }
      asked = true;
      return patiently(
          () -> kinesis.getRecords(r -> r.shardIterator(iterator).limit(MOST_RECORDS)));
    }
  }

  private static Duration unread(GetRecordsResponse answer) {
    Long millis = answer.millisBehindLatest();
    return millis == null ? Duration.ZERO : Duration.ofMillis(millis);
  }

  private static OptionalDouble rate(
      long records, @Nullable Instant first, @Nullable Instant last) {
    if (records < 2 || first == null || last == null || !last.isAfter(first)) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of((records - 1) * 1000.0 / Duration.between(first, last).toMillis());
  }

  private interface Call<T> {
    T make();
  }

  private <T> T patiently(Call<T> call) throws InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        return call.make();
      } catch (ProvisionedThroughputExceededException throttled) {
        if (tries == TRIES) {
          throw throttled;
        }
        sleeper.sleep(BETWEEN_CALLS);
      }
    }
  }
}
