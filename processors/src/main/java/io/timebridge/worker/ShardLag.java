package io.timebridge.worker;

import io.timebridge.ordering.Unfinished;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * When the records of a shard arrived that are held, to the second, and how far its reading is
 * behind. Thread-safe.
 *
 * <p>Where nothing arrived for long, Kinesis answers without records and says that it is behind the
 * latest, answer by answer by some minutes less (its developer guide, "GetRecords returns an empty
 * records array even when there is data in the stream"; qubole/kinesis-sql#87): on its way through
 * that time, up to the last minute, a reading cannot say whether anything waits. Records that come
 * from there say so: it was behind by as much.
 *
 * @implNote {@code lock} guards all fields. {@code arrivals} has the first record of each second;
 *     it is cut where the oldest unfinished record is, so it is bounded by what the lanes hold, and
 *     by {@value #CUT_FROM} where they hold nothing.
 */
final class ShardLag {
  private static final Duration GRAIN = Duration.ofSeconds(1);
  private static final int CUT_FROM = 1_000;

  /**
   * What a shard's reading may be silent for: a minute. KCL hands over what it read, nothing
   * included, several times a second, unless the shard's records wait to be taken.
   */
  static final Duration SILENT = Duration.ofMinutes(1);

  private final String shard;
  private final Supplier<Optional<Unfinished>> oldest;
  private final Instant takenAt;
  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<BigInteger, Instant> arrivals = new TreeMap<>();
  private Duration unread = Duration.ZERO;
  private boolean empty;
  private boolean onItsWay;
  private Instant readAt = Instant.EPOCH;
  private @Nullable Instant lastArrival;

  /**
   * @param oldest unfinished record of the shard, as its lanes know it
   * @param takenAt when the shard was taken
   */
  ShardLag(String shard, Supplier<Optional<Unfinished>> oldest, Instant takenAt) {
    this.shard = shard;
    this.oldest = oldest;
    this.takenAt = takenAt;
  }

  /**
   * Kinesis said so with what it gave last.
   *
   * @param nothing whether it gave no record
   */
  void read(@Nullable Long millisBehindLatest, boolean nothing, Instant now) {
    lock.lock();
    try {
      Duration left =
          millisBehindLatest == null ? Duration.ZERO : Duration.ofMillis(millisBehindLatest);
      onItsWay = nothing && left.compareTo(SILENT) > 0 && (!empty || left.compareTo(unread) < 0);
      empty = nothing;
      unread = left;
      readAt = now;
    } finally {
      lock.unlock();
    }
  }

  /** The shard's next record is about to be offered to the lanes. */
  void arrived(BigInteger sequence, @Nullable Instant at) {
    lock.lock();
    try {
      if (at == null) {
        return;
      }
      lastArrival = at;
      if (arrivals.size() >= CUT_FROM) {
        oldest.get().ifPresentOrElse(this::cut, arrivals::clear);
      }
      if (arrivals.isEmpty() || !at.isBefore(arrivals.lastEntry().getValue().plus(GRAIN))) {
        arrivals.put(sequence, at);
      }
    } finally {
      lock.unlock();
    }
  }

  private void cut(Unfinished first) {
    BigInteger from = arrivals.floorKey(first.sequence());
    if (from != null) {
      arrivals.headMap(from).clear();
    }
  }

  /**
   * As of now; empty while its reading is on its way to the newest record and nothing is held. What
   * is read goes on being behind for as long as Kinesis gives nothing newer: with more to come, it
   * has not been read. Nor is it known to have caught up, or to be on its way, when nothing was
   * heard of the shard for longer than {@link #SILENT}: what came since then is not read.
   */
  Optional<Lag> lag(Instant now) {
    lock.lock();
    try {
      Optional<Unfinished> first = oldest.get();
      if (first.isPresent()) {
        cut(first.get());
        Map.Entry<BigInteger, Instant> its = arrivals.floorEntry(first.get().sequence());
        Instant at = its == null ? first.get().acceptedAt() : its.getValue();
        return Optional.of(new Lag(shard, notNegative(Duration.between(at, now)), true));
      }
      Instant heardAt = isUnread() ? takenAt : readAt;
      Duration since = notNegative(Duration.between(heardAt, now));
      boolean heard = since.compareTo(SILENT) <= 0;
      if (heard && onItsWay) {
        return Optional.empty();
      }
      boolean caughtUp = heard && unread.isZero();
      return Optional.of(new Lag(shard, caughtUp ? Duration.ZERO : unread.plus(since), false));
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #lag}; empty also before Kinesis has given anything, an empty answer included. */
  Optional<Duration> behind(Instant now) {
    lock.lock();
    try {
      return isUnread() ? Optional.empty() : lag(now).map(Lag::behind);
    } finally {
      lock.unlock();
    }
  }

  private boolean isUnread() {
    return readAt.equals(Instant.EPOCH);
  }

  /** When the newest record arrived that was offered. */
  Optional<Instant> lastArrival() {
    lock.lock();
    try {
      return Optional.ofNullable(lastArrival);
    } finally {
      lock.unlock();
    }
  }

  /** How many arrivals are remembered. */
  int remembered() {
    lock.lock();
    try {
      return arrivals.size();
    } finally {
      lock.unlock();
    }
  }

  private static Duration notNegative(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
