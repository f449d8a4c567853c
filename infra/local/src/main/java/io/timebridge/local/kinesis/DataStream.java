package io.timebridge.local.kinesis;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * One data stream: its shards, past and present, and the rules by which they split and merge. Knows
 * nothing of HTTP; the time of each act is an argument. Thread-safe.
 *
 * @implNote {@code reshard} serializes changes of {@code topology} and guards {@code nextIndex} and
 *     {@code lastReshardMillis}; readers take the volatile snapshot. A writer that meets a closed
 *     shard routes again: the new snapshot is published before the parents' locks are released.
 *     Lifetimes of parent and child never touch: a child is created one millisecond after its
 *     parents were closed, so that at every instant the open shards cover the hash space exactly
 *     once.
 */
final class DataStream {

  /** Where a stream is in its life. */
  enum Status {
    CREATING,
    UPDATING,
    ACTIVE,
    DELETING
  }

  /** How capacity is paid for; here only a label. */
  enum Mode {
    PROVISIONED,
    ON_DEMAND
  }

  /**
   * What a new stream starts with.
   *
   * @param meters makes the meter of each shard
   */
  record Shape(
      String name, Mode mode, int shards, long maxBytesPerShard, Supplier<ShardMeter> meters) {}

  private record Busy(Status status, long untilMillis) {}

  private final Shape shape;
  private final long createdAtMillis;
  private final SequenceNumbers numbers;
  private final AtomicLong ordinals = new AtomicLong(1);
  private final Map<String, String> tags = new ConcurrentSkipListMap<>();
  private final Map<String, StreamConsumer> consumers = new ConcurrentHashMap<>();

  private final ReentrantLock reshard = new ReentrantLock();
  private int nextIndex;
  private long lastReshardMillis;
  private volatile Topology topology;
  private volatile Duration retention = Duration.ofHours(24);
  private volatile Busy busy = new Busy(Status.ACTIVE, Long.MIN_VALUE);

  DataStream(Shape shape, long nowMillis) {
    this.shape = shape;
    this.createdAtMillis = nowMillis;
    this.lastReshardMillis = nowMillis;
    this.numbers = new SequenceNumbers(Math.floorDiv(nowMillis, 1000L));
    List<Shard> first = new ArrayList<>();
    for (HashRange range : HashRange.uniform(shape.shards())) {
      first.add(newShard(List.of(), range, nowMillis));
    }
    this.topology = Topology.of(first);
  }

  private Shard newShard(List<Integer> parents, HashRange range, long createdAt) {
    return new Shard(
        shape.name(),
        nextIndex++,
        parents,
        range,
        createdAt,
        ordinals.getAndIncrement(),
        shape.meters().get());
  }

  /** Appends a record to the shard that owns {@code hash}. {@code data} is kept, not copied. */
  PutOutcome put(BigInteger hash, String key, byte[] data, long nowMillis) {
    Shard metered = null; // charged once, though its closing may send the record on to a child
    while (true) {
      Shard shard = topology.route(hash);
      if (metered == null && !shard.meter().admitsWrite(nowMillis, data.length + key.length())) {
        return new PutOutcome.Throttled(shard.id());
      }
      metered = shard;
      Shard.Kept kept =
          shard.append(
              ordinals, key, data, nowMillis, trimBefore(nowMillis), shape.maxBytesPerShard());
      if (kept != null) {
        return new PutOutcome.Stored(
            shard.id(), numbers.encode(kept.ordinal(), shard.index(), kept.arrivalMillis()));
      }
    }
  }

  /** Splits an open shard in two; {@code boundary} becomes the first hash of the upper child. */
  void split(Shard parent, BigInteger boundary, long nowMillis) {
    reshard.lock();
    try {
      requireOpen(parent);
      HashRange range = parent.range();
      if (boundary.compareTo(range.start().add(BigInteger.ONE)) <= 0
          || boundary.compareTo(range.end()) >= 0) {
        throw KinesisError.invalid(
            "NewStartingHashKey %s used in SplitShard() on shard %s in stream %s is not both greater than one plus the shard's StartingHashKey %s and less than the shard's EndingHashKey %s."
                .formatted(boundary, parent.id(), name(), range.start(), range.end()));
      }
      replace(List.of(parent), List.of(range.before(boundary), range.from(boundary)), nowMillis);
    } finally {
      reshard.unlock();
    }
  }

  /** Merges two open shards whose ranges touch. */
  void merge(Shard one, Shard adjacent, long nowMillis) {
    reshard.lock();
    try {
      requireOpen(one);
      requireOpen(adjacent);
      if (!one.range().endsWhereStarts(adjacent.range())
          && !adjacent.range().endsWhereStarts(one.range())) {
        throw KinesisError.invalid(
            "Shards %s and %s in stream %s are not an adjacent pair of shards eligible for merging."
                .formatted(one.id(), adjacent.id(), name()));
      }
      BigInteger start = one.range().start().min(adjacent.range().start());
      BigInteger end = one.range().end().max(adjacent.range().end());
      replace(List.of(one, adjacent), List.of(new HashRange(start, end)), nowMillis);
    } finally {
      reshard.unlock();
    }
  }

  /** Splits and merges until {@code target} open shards of even size remain. */
  void rescale(int target, long nowMillis) {
    reshard.lock();
    try {
      List<HashRange> wanted = HashRange.uniform(target);
      for (HashRange range : wanted) {
        Shard owner = topology.route(range.start());
        if (!owner.range().start().equals(range.start())) {
          replace(
              List.of(owner),
              List.of(owner.range().before(range.start()), owner.range().from(range.start())),
              nowMillis);
        }
      }
      for (HashRange range : wanted) {
        Shard first = topology.route(range.start());
        while (!first.range().equals(range)) {
          Shard next = topology.route(first.range().end().add(BigInteger.ONE));
          merge(first, next, nowMillis);
          first = topology.route(range.start());
        }
      }
    } finally {
      reshard.unlock();
    }
  }

  private void requireOpen(Shard shard) {
    if (!shard.isOpen()) {
      throw KinesisError.invalid(
          "Shard %s in stream %s has already been merged or split, and thus is not eligible for merging or splitting."
              .formatted(shard.id(), name()));
    }
  }

  /** Closes the parents and opens children in their place, as one act for every writer. */
  private void replace(List<Shard> parents, List<HashRange> ranges, long nowMillis) {
    List<Shard> inLockOrder =
        parents.stream().sorted(Comparator.comparingInt(Shard::index)).toList();
    inLockOrder.forEach(parent -> parent.lock().lock());
    try {
      long closedAt = Math.max(nowMillis, lastReshardMillis);
      for (Shard parent : parents) {
        closedAt = Math.max(closedAt, parent.close(ordinals, closedAt));
      }
      lastReshardMillis = closedAt + 1;
      List<Integer> family = parents.stream().map(Shard::index).toList();
      List<Shard> children = new ArrayList<>();
      for (HashRange range : ranges) {
        children.add(newShard(family, range, lastReshardMillis));
      }
      topology = topology.with(children);
    } finally {
      inLockOrder.forEach(parent -> parent.lock().unlock());
    }
  }

  /**
   * Reads from a position on, as far as {@code reachMillis} (0 = all); {@code maxBytes} bounds the
   * data, but at least one record is returned when there is one.
   */
  Shard.Read read(
      Shard shard,
      Shard.Position from,
      long reachMillis,
      int limit,
      long maxBytes,
      long nowMillis) {
    return shard.read(from, reachMillis, limit, maxBytes, nowMillis, trimBefore(nowMillis));
  }

  /** The shard with that index, unless it never was or has expired. */
  Optional<Shard> shard(int index, long nowMillis) {
    return living(nowMillis).shard(index);
  }

  /** The shards that have not expired. */
  Topology living(long nowMillis) {
    long horizon = trimBefore(nowMillis);
    if (topology.all().stream().anyMatch(shard -> shard.closedBefore(horizon))) {
      reshard.lock();
      try {
        topology = topology.without(shard -> shard.closedBefore(horizon));
      } finally {
        reshard.unlock();
      }
    }
    return topology;
  }

  /** The shards a filter selects, by index. */
  List<Shard> select(ShardFilter filter, long nowMillis) {
    long horizon = trimHorizonMillis(nowMillis);
    return living(nowMillis).all().stream().filter(shard -> filter.admits(shard, horizon)).toList();
  }

  /** The oldest time of which the stream still knows: its creation, or the end of its retention. */
  long trimHorizonMillis(long nowMillis) {
    return Math.max(createdAtMillis, trimBefore(nowMillis));
  }

  private long trimBefore(long nowMillis) {
    return nowMillis - retention.toMillis();
  }

  Shard.Usage usage(Shard shard, long nowMillis) {
    return shard.usage(trimBefore(nowMillis));
  }

  Status status(long nowMillis) {
    Busy current = busy;
    return nowMillis < current.untilMillis() ? current.status() : Status.ACTIVE;
  }

  /** Shows the status until the given time, then ACTIVE again. */
  void busy(Status status, long untilMillis) {
    busy = new Busy(status, untilMillis);
  }

  /** Whether its deletion has been asked for and its time has come. */
  boolean gone(long nowMillis) {
    Busy current = busy;
    return current.status() == Status.DELETING && nowMillis >= current.untilMillis();
  }

  String name() {
    return shape.name();
  }

  Mode mode() {
    return shape.mode();
  }

  long createdAtMillis() {
    return createdAtMillis;
  }

  SequenceNumbers numbers() {
    return numbers;
  }

  Duration retention() {
    return retention;
  }

  void retention(Duration newRetention) {
    retention = newRetention;
  }

  /** The stream's tags; a concurrent map, sorted by key. */
  Map<String, String> tags() {
    return tags;
  }

  /** The registered consumers by name; a concurrent map. */
  Map<String, StreamConsumer> consumers() {
    return consumers;
  }
}
