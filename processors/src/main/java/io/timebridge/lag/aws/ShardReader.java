package io.timebridge.lag.aws;

import io.timebridge.lag.Arrivals;
import io.timebridge.lag.Arrivals.Moment;
import io.timebridge.lag.Backlog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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
 * Looks into a shard from a checkpoint on, within bounds, since a shard gives five calls and 2 MB a
 * second to all who read it, the workers among them: one call a second, and {@value
 * #BYTES_A_SECOND} bytes a second whatever the records' size, from look to look. A call asks for as
 * many records as are likely to be that much, by those that it read last: {@value #FIRST_RECORDS}
 * of a shard that it does not know, {@value #MOST_RECORDS} at most. A call that is throttled is
 * made again a second later, {@value #TRIES} times in all. Of all shards, {@value #ANSWERS} answers
 * are held at a time, of 10 MB at most each. Thread-safe.
 *
 * <p>Where no record comes for long, a call sees a few minutes of the shard only ({@link Backlog}
 * says more). So a look goes on where the one before it ended, for as long as the checkpoint stays
 * and the iterator lives: whoever looks again and again comes to the newest record, or to the first
 * one that waits, and stays there.
 */
final class ShardReader {
  static final int MOST_RECORDS = 250;
  static final int FIRST_RECORDS = 25;

  /** The one at the checkpoint, and one after it. */
  static final int LEAST_RECORDS = 2;

  static final int BYTES_A_SECOND = 400_000;
  static final int ANSWERS = 3;
  static final int TRIES = 4;
  static final Duration BETWEEN_CALLS = Duration.ofSeconds(1);

  /** Kinesis takes an iterator for five minutes. */
  private static final Duration ITERATOR_LIVES = Duration.ofMinutes(4);

  /** How a thread waits. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }

  private final KinesisClient kinesis;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Sleeper sleeper;
  private final Map<String, Pace> paces = new ConcurrentHashMap<>();
  private final Map<String, Place> places = new ConcurrentHashMap<>();
  private final Semaphore answers = new Semaphore(ANSWERS);

  /**
   * What the last call of a shard says of the next.
   *
   * @param records to ask for
   * @param from when, by {@code nanos}
   */
  private record Pace(int records, long from) {}

  /** Where the next look at a shard begins that finds the checkpoint where it was. */
  private sealed interface Place {
    String checkpoint();

    /**
     * No record follows the checkpoint up to there.
     *
     * @param newest when the record at the checkpoint arrived, if it was seen
     * @param until by {@code nanos}, the iterator lives
     */
    record Empty(String checkpoint, String iterator, @Nullable Instant newest, long until)
        implements Place {}

    /** The first record that follows it. */
    record First(String checkpoint, String sequence) implements Place {}
  }

  /** What is kept of an answer. */
  private record Page(
      List<Arrival> arrivals, boolean full, @Nullable String next, Duration unread) {
    @Nullable Instant last() {
      return arrivals.isEmpty() ? null : arrivals.getLast().at();
    }
  }

  /**
   * What was seen of a shard somewhere on its way.
   *
   * @param to so far was looked
   * @param last when the last record of it arrived; null = there was none
   */
  private record Sample(Instant from, long records, Instant to, @Nullable Instant last) {
    Moment moment() {
      return Moment.of(from, records, Duration.between(from, to));
    }
  }

  private record Arrival(String sequence, Instant at) {}

  /**
   * @param kinesis makes each call once; stays the caller's to close
   * @param nanos monotonic
   */
  ShardReader(KinesisClient kinesis, InstantSource clock, LongSupplier nanos, Sleeper sleeper) {
    this.kinesis = kinesis;
    this.clock = clock;
    this.nanos = nanos;
    this.sleeper = sleeper;
  }

  /** Looks for the first record after the checkpoint, with one call, and counts nothing. */
  Backlog first(String stream, String shard, Optional<String> checkpoint)
      throws InterruptedException {
    return look(
        new Reading(stream, shard, clock.instant(), checkpoint.orElse("")), Reading::readFirst);
  }

  /**
   * Looks.
   *
   * @param checkpoint as in a lease; empty = none, all that the stream keeps counts
   * @param calls at most so many to count, at least 1; where they do not reach the end one or two
   *     for the last minute, and as many in between if the rates at both ends are far apart
   */
  Backlog read(String stream, String shard, Optional<String> checkpoint, int calls)
      throws InterruptedException {
    return look(
        new Reading(stream, shard, clock.instant(), checkpoint.orElse("")),
        reading -> reading.read(calls));
  }

  private interface Way {
    Backlog of(Reading reading) throws InterruptedException;
  }

  private static Backlog look(Reading reading, Way way) throws InterruptedException {
    try {
      return way.of(reading);
    } catch (ProvisionedThroughputExceededException throttled) {
      return reading.soFar("throttled by Kinesis");
    } catch (ResourceNotFoundException gone) {
      return reading.soFar("the stream keeps it no more");
    } catch (SdkException failed) {
      reading.forget(); // its iterator may be what fails
      return reading.soFar("not read: " + failed.getMessage());
    }
  }

  /** One look. */
  private final class Reading {
    private final String stream;
    private final String shard;
    private final String key;
    private final Instant at;
    private final String checkpoint;
    private @Nullable Instant first;
    private @Nullable Instant newest;
    private long counted;
    private long lately;
    private boolean whole;
    private boolean asked;
    private boolean emptyHanded;
    private Duration unread = Duration.ZERO;
    private Arrivals rest = Arrivals.UNSEEN;
    private OptionalDouble in = OptionalDouble.empty();
    private @Nullable Instant last;

    Reading(String stream, String shard, Instant at, String checkpoint) {
      this.stream = stream;
      this.shard = shard;
      this.key = stream + "/" + shard;
      this.at = at;
      this.checkpoint = checkpoint;
    }

    Backlog readFirst() throws InterruptedException {
      next(begin());
      return soFar("");
    }

    private String begin() throws InterruptedException {
      Place place = places.get(key);
      if (place != null && place.checkpoint().equals(checkpoint)) {
        switch (place) {
          case Place.First first -> {
            return iterator(r ->
                r.shardIteratorType(ShardIteratorType.AT_SEQUENCE_NUMBER)
                    .startingSequenceNumber(first.sequence()));
          }
          case Place.Empty empty -> {
            if (empty.until() - nanos.getAsLong() > 0) {
              newest = empty.newest();
              return empty.iterator();
            }
          }
        }
      }
      return iterator(this::fromCheckpoint);
    }

    void forget() {
      places.remove(key);
    }

    /** Reads and counts; whence to go on. */
    private String next(String iterator) throws InterruptedException {
      Page page = page(iterator);
      count(page.arrivals());
      emptyHanded = page.arrivals().isEmpty();
      unread = page.unread();
      whole = page.next() == null || unread.isZero();
      String next = page.next() == null ? iterator : page.next();
      if (first == null) {
        long until = nanos.getAsLong() + ITERATOR_LIVES.toNanos();
        places.put(key, new Place.Empty(checkpoint, next, newest, until));
      }
      return next;
    }

    Backlog read(int calls) throws InterruptedException {
      String iterator = begin();
      for (int call = 0; call < calls && !whole; call++) {
        iterator = next(iterator);
      }
      if (whole) {
        last = newest;
        if (first != null && !first.isAfter(at.minus(Backlog.RATE_OVER))) {
          in = OptionalDouble.of((double) lately / Backlog.RATE_OVER.toSeconds());
        }
      } else {
        lookAtTheRest();
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

    private void count(List<Arrival> arrivals) {
      for (Arrival arrival : arrivals) {
        Instant arrived = arrival.at();
        newest = arrived;
        if (!arrival.sequence().equals(checkpoint)) {
          if (first == null) {
            first = arrived;
            places.put(key, new Place.First(checkpoint, arrival.sequence()));
          }
          counted++;
          lately += arrived.isAfter(at.minus(Backlog.RATE_OVER)) ? 1 : 0;
        }
      }
    }

    /** Takes the rates of arrivals where the reading ended, in the last minute, and in between. */
    private void lookAtTheRest() throws InterruptedException {
      Optional<Moment> here = here();
      Instant minute = at.minus(Backlog.RATE_OVER);
      Sample end = sample(minute);
      last = end.last();
      if (end.to().isBefore(at) && end.last() == null) {
        return; // it was not seen
      }
      Moment now = new Moment(at, end.moment().perSecond());
      in = OptionalDouble.of(now.perSecond());
      if (first == null || here.isEmpty()) {
        return;
      }
      rest = new Arrivals(List.of(here.get(), now));
      Instant middle = here.get().at().plus(Duration.between(here.get().at(), at).dividedBy(2));
      if (rest.with(counted).isEmpty() && middle.isBefore(minute)) {
        rest = new Arrivals(List.of(here.get(), sample(middle).moment(), now));
      }
    }

    /** Where the reading ended; empty when too little was read to say. */
    private Optional<Moment> here() {
      if (emptyHanded) {
        return Optional.of(new Moment(at.minus(unread), 0));
      }
      return first == null || newest == null || counted < 2
          ? Optional.empty()
          : Optional.of(Moment.of(newest, counted - 1, Duration.between(first, newest)));
    }

    /**
     * Looks at what came from a time on, up to the last record of a full answer; else as far as two
     * answers go, since one may end with the record before a long time without any.
     */
    private Sample sample(Instant from) throws InterruptedException {
      Page page = page(iterator(at(from)));
      long records = page.arrivals().size();
      Instant newestOfIt = page.last();
      if (!page.full() && !page.unread().isZero() && page.next() != null) {
        page = page(page.next());
        records += page.arrivals().size();
        newestOfIt = page.last() == null ? newestOfIt : page.last();
      }
      Instant end = page.last();
      Instant to = end == null || page.unread().isZero() ? at.minus(page.unread()) : end;
      return new Sample(from, records, to, newestOfIt);
    }

    private static Consumer<GetShardIteratorRequest.Builder> at(Instant time) {
      return r -> r.shardIteratorType(ShardIteratorType.AT_TIMESTAMP).timestamp(time);
    }

    Backlog soFar(String trouble) {
      return new Backlog(
          at,
          Optional.ofNullable(first),
          Optional.ofNullable(last),
          counted,
          whole,
          unread,
          rest,
          in,
          trouble);
    }

    private String iterator(Consumer<GetShardIteratorRequest.Builder> from)
        throws InterruptedException {
      return patiently(() ->
              kinesis.getShardIterator(r -> {
                r.streamName(stream).shardId(shard);
                from.accept(r);
              }))
          .shardIterator();
    }

    private Page page(String iterator) throws InterruptedException {
      Pace pace = paces.getOrDefault(key, new Pace(FIRST_RECORDS, nanos.getAsLong()));
      Duration due = Duration.ofNanos(pace.from() - nanos.getAsLong());
      Duration wait = asked && due.compareTo(BETWEEN_CALLS) < 0 ? BETWEEN_CALLS : due;
      if (wait.isPositive()) {
        sleeper.sleep(wait);
      }
      asked = true;
      return patiently(() -> called(key, iterator, pace));
    }
  }

  private Page called(String key, String iterator, Pace pace) throws InterruptedException {
    answers.acquire();
    try {
      GetRecordsResponse answer =
          kinesis.getRecords(r -> r.shardIterator(iterator).limit(pace.records()));
      paces.put(key, after(answer.records(), pace));
      return slim(answer, pace.records());
    } finally {
      answers.release();
    }
  }

  private Pace after(List<Record> records, Pace before) {
    long bytes = 0;
    for (Record record : records) {
      bytes += record.data().asByteArrayUnsafe().length;
    }
    long wait = Duration.ofSeconds(1).toNanos() / BYTES_A_SECOND * bytes;
    int next =
        records.isEmpty()
            ? before.records()
            : Math.clamp(
                1L * BYTES_A_SECOND * records.size() / Math.max(1, bytes),
                LEAST_RECORDS,
                MOST_RECORDS);
    return new Pace(next, nanos.getAsLong() + wait);
  }

  private static Page slim(GetRecordsResponse answer, int limit) {
    return new Page(
        answer.records().stream()
            .map(r -> new Arrival(r.sequenceNumber(), r.approximateArrivalTimestamp()))
            .toList(),
        answer.records().size() >= limit,
        answer.nextShardIterator(),
        unread(answer));
  }

  private static Duration unread(GetRecordsResponse answer) {
    Long millis = answer.millisBehindLatest();
    return millis == null ? Duration.ZERO : Duration.ofMillis(millis);
  }

  private interface Call<T> {
    T make() throws InterruptedException;
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
