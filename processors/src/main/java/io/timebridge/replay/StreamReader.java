package io.timebridge.replay;

import io.timebridge.failure.StoreTrouble;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
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

  /**
   * A record of the window.
   *
   * @param unbrokenFrom every record of its key from that sequence number on was found before it
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  record Found(
      String shard,
      BigInteger sequence,
      BigInteger unbrokenFrom,
      Instant arrived,
      String partitionKey,
      byte[] data) {
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

    /** What came to the shard then, if anything did, is gone; it is read on behind it. */
    void lost(String shard, Window stretch, double done)
        throws StoreTrouble, ReplayStopped, InterruptedException;

    /** Nothing more of this shard belongs to the window. */
    void ended(Candidate.Place place, double done)
        throws StoreTrouble, ReplayStopped, InterruptedException;
  }

  /**
   * Reads. What a shard has lost behind the place that is being read is never passed over without a
   * word, as Kinesis does, which goes on at the oldest record that is left.
   *
   * @param began when this was begun, perhaps by an earlier run: what was held then and is gone
   *     when its turn comes is {@link Visitor#lost}
   * @param key only shards that may hold it
   * @param positions {@link ShardPosition} of the last record that is done, by shard
   * @throws ReplayStopped when the stream did not hold the window's beginning even then
   */
  void read(
      Window window,
      Instant began,
      Optional<String> key,
      Map<String, String> positions,
      Visitor visitor)
      throws StoreTrouble, ReplayStopped, InterruptedException {
    new Reading(window, visitor).read(began, key, positions);
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
    private final Map<String, Instant> reached = new HashMap<>();
    private final Map<String, BigInteger> unbroken = new HashMap<>();

    /** Shards that had no children when they were listed, which is after the window. */
    private final Set<String> open = new HashSet<>();

    private double done;

    Reading(Window window, Visitor visitor) {
      this.window = window;
      this.visitor = visitor;
      this.calls = new PatientCalls(stream, sleeper, () -> visitor.still(done));
    }

    void read(Instant began, Optional<String> key, Map<String, String> positions)
        throws StoreTrouble, ReplayStopped, InterruptedException {
      requireHeld(began);
      Map<String, ShardPosition> at = new HashMap<>();
      positions.forEach((shard, text) -> at.put(shard, ShardPosition.parse(text, window.from())));
      at.forEach((shard, position) -> reached.put(shard, position.arrived()));
      List<ShardNode> plan = ShardPlan.order(shards(), key);
      for (int i = 0; i < plan.size(); i++) {
        ShardNode shard = plan.get(i);
        Optional<ShardPosition> last = Optional.ofNullable(at.get(shard.id()));
        if (last.filter(ShardPosition::isEnd).isEmpty()) {
          new OneShard(this, shard, (double) i / plan.size(), 1.0 / plan.size())
              .read(last.map(ShardPosition::sequence), reached(shard));
        }
      }
    }

    /** Nothing of the shard came before that which is not done: its parents' records came first. */
    private Instant reached(ShardNode shard) {
      return Stream.concat(Stream.of(shard.id()), shard.parents().stream())
          .flatMap(id -> Optional.ofNullable(reached.get(id)).stream())
          .reduce(window.from(), (a, b) -> a.isAfter(b) ? a : b);
    }

    /**
     * A key's numbers grow from parent to child, and a child of a shard that was read is read from
     * its first record: what was unbroken in each of the parents, each from its own first one, is
     * so from the last of these on.
     */
    private Optional<BigInteger> unbroken(ShardNode shard) {
      return unbroken.keySet().containsAll(shard.parents())
          ? shard.parents().stream()
              .flatMap(parent -> Optional.ofNullable(unbroken.get(parent)).stream())
              .max(Comparator.naturalOrder())
          : Optional.empty();
    }

    private void requireHeld(Instant began)
        throws StoreTrouble, ReplayStopped, InterruptedException {
      Duration kept = retention();
      if (window.from().isBefore(began.minus(kept))) {
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
        for (Shard shard : page.shards()) {
          shards.add(node(shard));
          if (shard.sequenceNumberRange().endingSequenceNumber() == null) {
            open.add(shard.shardId());
          }
        }
        String next = page.nextToken();
        if (next == null) {
          return shards;
        }
        page = calls.make(() -> kinesis.listShards(r -> r.nextToken(next)));
      }
    }
  }

  /** The reading of one shard. */
  private final class OneShard {
    private final Reading reading;
    private final ShardNode node;
    private final String shard;
    private final Window window;
    private final Visitor visitor;
    private final double before;
    private final double part;
    private Optional<String> last = Optional.empty();
    private Optional<BigInteger> unbroken = Optional.empty();
    private Instant arrived;
    private Instant readTo;
    private Duration kept = Duration.ZERO;
    private boolean over;

    OneShard(Reading reading, ShardNode node, double before, double part) {
      this.reading = reading;
      this.node = node;
      this.shard = node.id();
      this.window = reading.window;
      this.visitor = reading.visitor;
      this.before = before;
      this.part = part;
      this.arrived = window.from();
      this.readTo = window.from();
      reading.done = before;
    }

    /**
     * @param from the last record that is done
     * @param begin nothing that is to be read came before that
     */
    void read(Optional<String> from, Instant begin)
        throws StoreTrouble, ReplayStopped, InterruptedException {
      last = from;
      unbroken = from.isEmpty() ? reading.unbroken(node) : Optional.empty();
      arrived = begin;
      readTo = begin;
      String iterator = iterator();
      while (!over) {
        Instant asked = clock.instant();
        Optional<GetRecordsResponse> page = page(iterator);
        if (page.isEmpty()) {
          iterator = iterator();
          continue;
        }
        tellWhatIsLost();
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
      if (over || reading.open.contains(shard)) {
        arrived = window.to(); // what comes to its children is later than the window
      }
      reading.reached.put(shard, arrived);
      unbroken.ifPresent(number -> reading.unbroken.put(shard, number));
      visitor.ended(new Candidate.Place(shard, ShardPosition.end(arrived).text()), before + part);
    }

    /** Everything that came before is read. */
    private void read(Instant moment) {
      readTo = moment.isAfter(readTo) ? moment : readTo;
    }

    /** What came right after the place that is read from may be gone by now. */
    private void tellWhatIsLost() throws StoreTrouble, ReplayStopped, InterruptedException {
      Instant oldest = clock.instant().minus(kept);
      Instant end = oldest.isBefore(window.to()) ? oldest : window.to();
      if (readTo.isBefore(end)) {
        unbroken = Optional.empty();
        visitor.lost(shard, new Window(readTo, end), reading.done);
      }
      read(oldest);
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
        records = Math.clamp(BYTES_PER_SECOND * page.records().size() / bytes, 1, MOST_RECORDS);
      }
      Duration asBytes = Duration.ofMillis(1000 * bytes / BYTES_PER_SECOND);
      return asBytes.compareTo(BETWEEN_PAGES) > 0 ? asBytes : BETWEEN_PAGES;
    }

    private void visit(Record record) throws StoreTrouble, ReplayStopped, InterruptedException {
      Instant came = record.approximateArrivalTimestamp();
      if (!came.isBefore(window.to().plus(SLACK))) {
        over = true;
        return;
      }
      last = Optional.of(record.sequenceNumber());
      arrived = came.isAfter(arrived) ? came : arrived;
      read(came);
      if (!window.contains(came)) {
        unbroken = Optional.empty();
        return;
      }
      BigInteger sequence = new BigInteger(record.sequenceNumber());
      unbroken = unbroken.or(() -> Optional.of(sequence));
      visitor.found(
          new Found(
              shard,
              sequence,
              unbroken.get(),
              came,
              record.partitionKey(),
              record.data().asByteArray()),
          before + part * share(came));
    }

    private double share(Instant moment) {
      long whole = Math.max(1, Duration.between(window.from(), window.to()).toMillis());
      return Math.clamp(
          (double) Duration.between(window.from(), moment).toMillis() / whole, 0.0, 1.0);
    }

    private String iterator() throws StoreTrouble, ReplayStopped, InterruptedException {
      kept = reading.retention();
      tellWhatIsLost();
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
