package io.timebridge.local.kinesis;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard: a hash range, its place in the family of shards, and its records. Thread-safe.
 *
 * @implNote {@code lock} guards {@code log}, {@code lastOrdinal}, {@code lastArrivalMillis} and
 *     {@code overflowLogged}; {@code end} is written under it and read without. Invariant: an
 *     ordinal is drawn from the stream's counter only under this lock, so ordinals grow along the
 *     log. Lock order: the stream's topology lock, then shard locks by index.
 */
final class Shard {

  private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

  private final String stream;
  private final int index;
  private final List<Integer> parents;
  private final HashRange range;
  private final long createdAtMillis;
  private final long startOrdinal;
  private final ShardMeter meter;

  private final ReentrantLock lock = new ReentrantLock();
  private final RecordLog log = new RecordLog();
  private long lastOrdinal;
  private long lastArrivalMillis;
  private boolean overflowLogged;
  private volatile @Nullable End end;

  /**
   * How a shard was closed.
   *
   * @param ordinal greater than that of every record in the shard
   * @param closedAtMillis when; not before the arrival of its last record
   */
  record End(long ordinal, long closedAtMillis) {}

  /**
   * What was kept.
   *
   * @param shard the shard that took it
   */
  record Kept(Shard shard, long ordinal, long arrivalMillis) {}

  /**
   * A place to read from.
   *
   * @param ordinal the first to be read
   * @param millis up to when the shard was looked at before it
   */
  record Position(long ordinal, long millis) {}

  /**
   * What one read found.
   *
   * @param next where the next read goes on
   * @param ended whether the shard is closed and nothing is left to read
   * @param millisBehindLatest 0 when nothing is left to read now
   */
  record Read(List<StoredRecord> records, Position next, boolean ended, long millisBehindLatest) {

    Read {
      records = List.copyOf(records);
    }
  }

  /** What the admin page shows. */
  record Usage(int records, long bytes, long dropped) {}

  /**
   * @param parents none for a first shard, one after a split, two after a merge (the adjacent one
   *     second)
   */
  Shard(
      String stream,
      int index,
      List<Integer> parents,
      HashRange range,
      long createdAtMillis,
      long startOrdinal,
      ShardMeter meter) {
    this.stream = stream;
    this.index = index;
    this.parents = List.copyOf(parents);
    this.range = range;
    this.createdAtMillis = createdAtMillis;
    this.startOrdinal = startOrdinal;
    this.meter = meter;
    this.lastOrdinal = startOrdinal;
    this.lastArrivalMillis = createdAtMillis;
  }

  static String id(int index) {
    return String.format(Locale.ROOT, "shardId-%012d", index);
  }

  /** Appends a record and trims what is too old or too much; null when the shard is closed. */
  @Nullable Kept append(
      AtomicLong ordinals,
      String key,
      byte[] data,
      long nowMillis,
      long trimBeforeMillis,
      long maxBytes) {
    lock.lock();
    try {
      if (end != null) {
        return null;
      }
      lastOrdinal = ordinals.getAndIncrement();
      lastArrivalMillis = Math.max(lastArrivalMillis, nowMillis);
      log.append(new StoredRecord(lastOrdinal, lastArrivalMillis, key, data));
      log.dropArrivedBefore(trimBeforeMillis);
      if (log.dropBeyond(maxBytes) && !overflowLogged) {
        overflowLogged = true;
        LOG.warn(
            "{} of stream {} holds its {} bytes: the oldest records are trimmed from now on (option maxBytesPerShard)",
            id(),
            stream,
            maxBytes);
      }
      return new Kept(this, lastOrdinal, lastArrivalMillis);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads what arrived within a bounded time after a position, so that there may be nothing though
   * more is to come, or though nothing is to come.
   *
   * @param reachMillis that time; 0 = all
   */
  Read read(
      Position from,
      long reachMillis,
      int limit,
      long maxBytes,
      long nowMillis,
      long trimBeforeMillis) {
    lock.lock();
    try {
      log.dropArrivedBefore(trimBeforeMillis);
      long at = Math.max(from.millis(), Math.max(createdAtMillis, trimBeforeMillis));
      long until = reachMillis == 0 ? Long.MAX_VALUE : at + reachMillis;
      RecordLog.Page page = log.read(from.ordinal(), until, limit, maxBytes);
      meter.chargeRead(nowMillis, page.dataBytes());
      List<StoredRecord> records = page.records();
      long next = records.isEmpty() ? from.ordinal() : records.getLast().ordinal() + 1;
      long lookedAt = records.isEmpty() ? until : records.getLast().arrivalMillis();
      if (page.nextArrival().isPresent()) {
        long behind = Math.max(1, nowMillis - page.nextArrival().getAsLong());
        return new Read(records, new Position(next, lookedAt), false, behind);
      }
      End ended = end;
      if (until
          >= Math.max(lastArrivalMillis, ended == null ? nowMillis : ended.closedAtMillis())) {
        return new Read(records, new Position(next, nowMillis), ended != null, 0);
      }
      return new Read(
          records, new Position(next, lookedAt), false, Math.max(1, nowMillis - lookedAt));
    } finally {
      lock.unlock();
    }
  }

  /** The ordinal after everything in the shard now. */
  long latest() {
    lock.lock();
    try {
      return lastOrdinal + 1;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The ordinal of the first record that arrived at or after the given time, or the one after
   * everything.
   */
  long arrivedAtOrAfter(long millis) {
    lock.lock();
    try {
      return log.firstArrivedAtOrAfter(millis).orElse(lastOrdinal + 1);
    } finally {
      lock.unlock();
    }
  }

  Usage usage(long trimBeforeMillis) {
    lock.lock();
    try {
      log.dropArrivedBefore(trimBeforeMillis);
      return new Usage(log.size(), log.bytes(), log.dropped());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Held by the stream while it replaces this shard, so that no write falls between the closing and
   * the opening of its children.
   */
  ReentrantLock lock() {
    return lock;
  }

  /** Closes the shard for writing; the caller holds {@link #lock}. Returns when it was closed. */
  long close(AtomicLong ordinals, long nowMillis) {
    long closedAt = Math.max(nowMillis, lastArrivalMillis);
    lastOrdinal = ordinals.getAndIncrement();
    end = new End(lastOrdinal, closedAt);
    return closedAt;
  }

  boolean isOpen() {
    return end == null;
  }

  /** Whether the shard existed and was open at that time; the instant of its closing counts. */
  boolean wasOpenAt(long millis) {
    return createdAtMillis <= millis && !closedBefore(millis);
  }

  boolean closedBefore(long millis) {
    End ended = end;
    return ended != null && ended.closedAtMillis() < millis;
  }

  OptionalLong endOrdinal() {
    End ended = end;
    return ended == null ? OptionalLong.empty() : OptionalLong.of(ended.ordinal());
  }

  String id() {
    return id(index);
  }

  int index() {
    return index;
  }

  List<Integer> parents() {
    return parents;
  }

  HashRange range() {
    return range;
  }

  long createdAtMillis() {
    return createdAtMillis;
  }

  long startOrdinal() {
    return startOrdinal;
  }

  ShardMeter meter() {
    return meter;
  }
}
