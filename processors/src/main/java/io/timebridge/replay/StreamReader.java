package io.timebridge.replay;

import io.timebridge.failure.StoreTrouble;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * Reads a window of a stream, one shard after the other, parents before children. The workers read
 * the same shards, which serve five calls and 2 MiB a second to all together: one call a second and
 * a quarter of the bytes are taken here, at most. What an answer holds beyond that has to be paid
 * off by all, so a call asks for as many records as are likely to be a second's bytes, by those of
 * the last answer. Used by one thread.
 */
final class StreamReader {
  private static final int FIRST_RECORDS = 25;
  private static final int MOST_RECORDS = 1_000;
  private static final Duration BETWEEN_PAGES = Duration.ofSeconds(1);
  private static final long BYTES_PER_SECOND = 512 * 1024;

  /** Arrival times within a shard are as good as in order; this much out of it is looked for. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  private final KinesisClient kinesis;
  private final String stream;
  private final InstantSource clock;
  private final Sleeper sleeper;
  private int records = FIRST_RECORDS;

  /**
   * @param kinesis makes each call once; stays the caller's to close
   */
  StreamReader(KinesisClient kinesis, String stream, InstantSource clock, Sleeper sleeper) {
    this.kinesis = kinesis;
    this.stream = stream;
    this.clock = clock;
    this.sleeper = sleeper;
  }

  /** A record of the window. */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  record Found(
      String shard, BigInteger sequence, Instant arrived, String partitionKey, byte[] data) {
    /** Where a reading stands after it. */
    Candidate.Place place() {
      return new Candidate.Place(shard, new ShardPosition(sequence.toString(), arrived).text());
    }
  }

  /** Told of what is read. */
  interface Visitor {
    void found(Found found, double done) throws StoreTrouble, ReplayStopped, InterruptedException;

    /** Told at every page, whatever it held, and about once a second between them. */
    void still(double done) throws StoreTrouble, ReplayStopped, InterruptedException;

    /** Nothing more of this shard belongs to the window. */
    void ended(String shard, double done) throws StoreTrouble, ReplayStopped, InterruptedException;
  }

  /**
   * Reads. What a shard has lost behind the place that is being read is never passed over: Kinesis
   * would go on at the oldest record that is left, without a word.
   *
   * @param key only shards that may hold it
   * @param positions {@link ShardPosition} of the last record that is done, by shard, or {@link
   *     Candidate.Place#END}
   * @throws ReplayStopped when the stream does not hold any more what is to be read
   */
  void read(Window window, Optional<String> key, Map<String, String> positions, Visitor visitor)
      throws StoreTrouble, ReplayStopped, InterruptedException {
    new Reading(window, visitor).read(key, positions);
  }

  private static ShardNode node(Shard shard) {
    Set<String> parents = new HashSet<>();
    Optional.ofNullable(shard.parentShardId()).ifPresent(parents::add);
    Optional.ofNullable(shard.adjacentParentShardId()).ifPresent(parents::add);
    return new ShardNode(
        shard.shardId(),
        parents,
        new BigInteger(shard.hashKeyRange().startingHashKey()),
        new BigInteger(shard.hashKeyRange().endingHashKey()));
  }

  /** The reading of one window. */
  private final class Reading {
    private final Window window;
    private final Visitor visitor;
    private final PatientCalls calls;
    private double done;

    Reading(Window window, Visitor visitor) {
      this.window = window;
      this.visitor = visitor;
      this.calls = new PatientCalls(stream, sleeper, () -> visitor.still(done));
    }

    void read(Optional<String> key, Map<String, String> positions)
        throws StoreTrouble, ReplayStopped, InterruptedException {
      List<ShardNode> plan = ShardPlan.order(shards(), key);
      for (int i = 0; i < plan.size(); i++) {
        String shard = plan.get(i).id();
        Optional<String> last = Optional.ofNullable(positions.get(shard));
        if (last.filter(Candidate.Place.END::equals).isPresent()) {
          continue;
        }
        if (last.isEmpty()) {
          requireHeld();
        }
        new OneShard(this, shard, (double) i / plan.size(), 1.0 / plan.size())
            .read(last.map(text -> ShardPosition.parse(text, window.from())));
      }
    }

    private void requireHeld() throws StoreTrouble, ReplayStopped, InterruptedException {
      Duration kept = retention();
      if (isGone(window.from(), kept)) {
        throw new ReplayStopped(
            ReplayStopped.Why.TOO_OLD,
            "%s keeps records for %s hours, and the window begins at %s"
                .formatted(stream, kept.toHours(), window.from()));
      }
    }

    /** How long the stream keeps its records. */
    Duration retention() throws StoreTrouble, ReplayStopped, InterruptedException {
      return Duration.ofHours(
          calls
              .make(() -> kinesis.describeStreamSummary(r -> r.streamName(stream)))
              .streamDescriptionSummary()
              .retentionPeriodHours());
    }

    private List<ShardNode> shards() throws StoreTrouble, ReplayStopped, InterruptedException {
      List<ShardNode> shards = new ArrayList<>();
      ListShardsResponse page = calls.make(() -> kinesis.listShards(r -> r.streamName(stream)));
      while (true) {
        page.shards().forEach(shard -> shards.add(node(shard)));
        String next = page.nextToken();
        if (next == null) {
          return shards;
        }
        page = calls.make(() -> kinesis.listShards(r -> r.nextToken(next)));
      }
    }
  }

  private boolean isGone(Instant arrived, Duration kept) {
    return arrived.isBefore(clock.instant().minus(kept));
  }

  /** The reading of one shard. */
  private final class OneShard {
    private final Reading reading;
    private final String shard;
    private final Window window;
    private final Visitor visitor;
    private final double before;
    private final double part;
    private Optional<String> last = Optional.empty();
    private Instant readTo;
    private Duration kept = Duration.ZERO;
    private boolean over;

    OneShard(Reading reading, String shard, double before, double part) {
      this.reading = reading;
      this.shard = shard;
      this.window = reading.window;
      this.visitor = reading.visitor;
      this.before = before;
      this.part = part;
      this.readTo = window.from();
      reading.done = before;
    }

    void read(Optional<ShardPosition> from)
        throws StoreTrouble, ReplayStopped, InterruptedException {
      last = from.map(ShardPosition::sequence);
      readTo = from.map(ShardPosition::arrived).orElse(readTo);
      String iterator = iterator();
      while (!over) {
        Instant asked = clock.instant();
        Optional<GetRecordsResponse> page = page(iterator);
        if (page.isEmpty()) {
          iterator = iterator();
          continue;
        }
        requireNothingLost();
        for (Record record : page.get().records()) {
          visit(record);
        }
        if (page.get().millisBehindLatest() != null) {
          read(asked.minusMillis(page.get().millisBehindLatest()));
        }
        reading.done = before + part * share(readTo);
        visitor.still(reading.done);
        iterator = page.get().nextShardIterator();
        if (iterator == null || atTheTip(page.get())) {
          break;
        }
        reading.calls.pause(pause(page.get()));
      }
      visitor.ended(shard, before + part);
    }

    /** Everything that came before is read. */
    private void read(Instant arrived) {
      readTo = arrived.isAfter(readTo) ? arrived : readTo;
    }

    /** What came right after the place that is read from is still there, or was until now. */
    private void requireNothingLost() throws ReplayStopped {
      if (isGone(readTo, kept)) {
        throw new ReplayStopped(
            ReplayStopped.Why.TRIMMED,
            "%s keeps records for %s hours, and %s was read to %s only: what came next may be gone"
                .formatted(stream, kept.toHours(), shard, readTo));
      }
    }

    /** The window lies in the past: what comes from now on is not of it. */
    private boolean atTheTip(GetRecordsResponse page) {
      return page.millisBehindLatest() != null && page.millisBehindLatest() == 0;
    }

    /** How long to wait for the next page, which is to hold as much as may be read meanwhile. */
    private Duration pause(GetRecordsResponse page) {
      long bytes =
          page.records().stream().mapToLong(r -> r.data().asByteArrayUnsafe().length).sum();
      if (bytes > 0) {
        records =
            Math.clamp(BYTES_PER_SECOND * page.records().size() / bytes, 1, MOST_RECORDS);
      }
      Duration asBytes = Duration.ofMillis(1000 * bytes / BYTES_PER_SECOND);
      return asBytes.compareTo(BETWEEN_PAGES) > 0 ? asBytes : BETWEEN_PAGES;
    }

    private void visit(Record record) throws StoreTrouble, ReplayStopped, InterruptedException {
      Instant arrived = record.approximateArrivalTimestamp();
      if (!arrived.isBefore(window.to().plus(SLACK))) {
        over = true;
        return;
      }
      last = Optional.of(record.sequenceNumber());
      read(arrived);
      if (window.contains(arrived)) {
        visitor.found(
            new Found(
                shard,
                new BigInteger(record.sequenceNumber()),
                arrived,
                record.partitionKey(),
                record.data().asByteArray()),
            before + part * share(arrived));
      }
    }

    private double share(Instant arrived) {
      long whole = Math.max(1, Duration.between(window.from(), window.to()).toMillis());
      return Math.clamp(
          (double) Duration.between(window.from(), arrived).toMillis() / whole, 0.0, 1.0);
    }

    private String iterator() throws StoreTrouble, ReplayStopped, InterruptedException {
      kept = reading.retention();
      requireNothingLost();
      return reading
          .calls
          .make(() ->
              kinesis.getShardIterator(r -> {
                r.streamName(stream).shardId(shard);
                if (last.isPresent()) {
                  r.shardIteratorType(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                      .startingSequenceNumber(last.get());
                } else {
                  r.shardIteratorType(ShardIteratorType.AT_TIMESTAMP).timestamp(window.from());
                }
              }))
          .shardIterator();
    }

    /** Empty when the iterator has grown too old while others were waited for. */
    private Optional<GetRecordsResponse> page(String iterator)
        throws StoreTrouble, ReplayStopped, InterruptedException {
      try {
        return Optional.of(
            reading.calls.make(
                () -> kinesis.getRecords(r -> r.shardIterator(iterator).limit(records))));
      } catch (ExpiredIteratorException expired) {
        return Optional.empty();
      }
    }
  }
}
