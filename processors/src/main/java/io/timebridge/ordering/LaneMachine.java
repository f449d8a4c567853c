package io.timebridge.ordering;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the lanes as a plain state machine: who may start, who waits, what is finished. It
 * starts no thread, takes no lock and calls no handler; {@link KeyLanes} does.
 *
 * <p>Not thread-safe: its owner guards it.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>A lane exists while its key has at least one item; the first item is the head, and only the
 *       head is ever started, alone or with some right behind it. Items of a lane are in the order
 *       in which they were offered.
 *   <li>A lane is READY, RUNNING or PAUSED. It stands in the ready queue of its head's shard
 *       exactly while it is READY.
 *   <li>A shard stands in {@link #turns} exactly while its ready queue is not empty.
 *   <li>The lanes that are RUNNING number {@link #inFlight}, at most {@link #maxInFlight}.
 *   <li>What {@link Room} says of {@link #held} and {@link #heldBytes}, which count the items of
 *       all lanes; a halted shard has no items but running ones.
 *   <li>Items that are handled together are consecutive, of one shard, and end together.
 *   <li>An item is finished in its shard's frontier when its outcome is final, and never otherwise.
 * </ol>
 *
 * <p>Fair: shards take turns, and within a shard the keys take turns; a key that has just been
 * handled goes to the end.
 *
 * @param <R> what is handled
 */
class LaneMachine<R> {
  /** Most records in one handling: keeps what is done in one go bounded. */
  static final int MOST_FOLDED = 1000;

  private enum State {
    READY,
    RUNNING,
    PAUSED
  }

  /** The work of one key. */
  private static final class Lane<R> {
    final String key;
    final ArrayDeque<Item<R>> items = new ArrayDeque<>(2);
    State state = State.READY;

    /** While RUNNING: records being handled together, from the head on. */
    int carried;

    /** Grows with every pause and with its end, so that a late timer is recognised. */
    long pauses;

    Lane(String key) {
      this.key = key;
    }

    Item<R> head() {
      return items.element();
    }
  }

  /** One accepted record. */
  private static final class Item<R> {
    final Shard<R> shard;
    final Lane<R> lane;
    final BigInteger sequence;
    final int bytes;
    final R record;
    final Instant acceptedAt;
    final Frontier.Ticket<Item<R>> ticket;
    int attempts;

    Item(
        Shard<R> shard,
        Lane<R> lane,
        BigInteger sequence,
        int bytes,
        R record,
        Instant acceptedAt) {
      this.shard = shard;
      this.lane = lane;
      this.sequence = sequence;
      this.bytes = bytes;
      this.record = record;
      this.acceptedAt = acceptedAt;
      this.ticket = shard.frontier.add(sequence, this);
    }
  }

  /** One ownership of a shard, from lease to loss; the same shard regained is another one. */
  static final class Shard<R> {
    private final String name;
    private final Frontier<Item<R>> frontier = new Frontier<>();
    private final ArrayDeque<Lane<R>> ready = new ArrayDeque<>();
    private int running;
    private int held;
    private long heldBytes;
    private long finished;
    private boolean halted;

    private Shard(String name) {
      this.name = name;
    }

    Optional<BigInteger> position() {
      return frontier.position();
    }

    Optional<BigInteger> lastAdded() {
      return frontier.lastAdded();
    }

    int unfinished() {
      return frontier.unfinished();
    }

    int running() {
      return running;
    }

    ShardCounts counts() {
      return new ShardCounts(running, held, finished);
    }

    boolean halted() {
      return halted;
    }
  }

  /**
   * The head of a lane being handled, and what it carries of the records behind it; handed back
   * with its outcome.
   */
  static final class Attempt<R> {
    private final Item<R> item;

    /** Whoever runs it, while it runs; for {@link KeyLanes}. */
    @Nullable Thread runner;

    private Attempt(Item<R> item) {
      this.item = item;
    }

    String key() {
      return item.lane.key;
    }

    BigInteger sequence() {
      return item.sequence;
    }

    Shard<R> shard() {
      return item.shard;
    }

    int number() {
      return item.attempts;
    }
  }

  /** A lane that waits for a retry: {@link #wake} it after {@code delay}. */
  static final class Pause<R> {
    private final Lane<R> lane;
    private final long number;
    private final Duration delay;

    private Pause(Lane<R> lane, long number, Duration delay) {
      this.lane = lane;
      this.number = number;
      this.delay = delay;
    }

    Duration delay() {
      return delay;
    }
  }

  private final int maxInFlight;
  private final Room records;
  private final Room bytes;
  private final Backoff backoff;
  private final InstantSource clock;

  private final Map<String, Lane<R>> lanes = new HashMap<>();
  private final ArrayDeque<Shard<R>> turns = new ArrayDeque<>();
  private final Set<Shard<R>> shards = new HashSet<>();
  private int open;
  private int inFlight;
  private int held;
  private long heldBytes;
  private long applied;
  private long skipped;
  private long parked;
  private long folded;
  private long retried;

  LaneMachine(int maxInFlight, Room records, Room bytes, Backoff backoff, InstantSource clock) {
    if (maxInFlight < 1) {
      throw new IllegalArgumentException("in flight is at least 1: " + maxInFlight);
    }
    this.maxInFlight = maxInFlight;
    this.records = records;
    this.bytes = bytes;
    this.backoff = backoff;
    this.clock = clock;
  }

  Shard<R> open(String name) {
    Shard<R> shard = new Shard<>(name);
    shards.add(shard);
    open++;
    return shard;
  }

  /** See {@link ShardLanes#offer}. */
  ShardLanes.Offer offer(Shard<R> shard, String key, BigInteger sequence, int size, R record) {
    if (shard.halted) {
      return ShardLanes.Offer.CLOSED;
    }
    if (!hasRoom(shard)) {
      return ShardLanes.Offer.FULL;
    }
    Lane<R> lane = lanes.get(key);
    boolean idle = lane == null;
    if (lane == null) {
      lane = new Lane<>(key);
    }
    // The frontier refuses a sequence out of order: before anything else is changed.
    Item<R> item = new Item<>(shard, lane, sequence, size, record, clock.instant());
    lane.items.add(item);
    hold(item, 1);
    if (idle) {
      lanes.put(key, lane);
      ready(lane);
    }
    return ShardLanes.Offer.ACCEPTED;
  }

  boolean hasRoom(Shard<R> shard) {
    return records.isLeft(shard.held, held, open) && bytes.isLeft(shard.heldBytes, heldBytes, open);
  }

  private void hold(Item<R> item, int sign) {
    held += sign;
    heldBytes += sign * (long) item.bytes;
    item.shard.held += sign;
    item.shard.heldBytes += sign * (long) item.bytes;
  }

  /** The next lane whose head may start now, if any; it is in flight from here on. */
  Optional<Attempt<R>> next() {
    if (inFlight == maxInFlight || turns.isEmpty()) {
      return Optional.empty();
    }
    Shard<R> shard = turns.remove();
    Lane<R> lane = shard.ready.remove();
    if (!shard.ready.isEmpty()) {
      turns.add(shard);
    }
    lane.state = State.RUNNING;
    lane.carried = 1;
    inFlight++;
    shard.running++;
    Item<R> head = lane.head();
    head.attempts++;
    return Optional.of(new Attempt<>(head));
  }

  /**
   * The record of an attempt and those behind it that it could carry: consecutive ones of the same
   * shard, so that all of them are finished, or lost, together.
   */
  List<R> foldable(Attempt<R> attempt) {
    List<R> records = new ArrayList<>();
    for (Item<R> item : attempt.item.lane.items) {
      if (item.shard != attempt.item.shard || records.size() == MOST_FOLDED) {
        break;
      }
      records.add(item.record);
    }
    return records;
  }

  /**
   * Lets an attempt carry more than its own record.
   *
   * @param records of its {@link #foldable} ones, from the first on, at least 1
   * @return false when the shard has been halted: what waited behind the head is gone
   */
  boolean fold(Attempt<R> attempt, int records) {
    if (attempt.item.shard.halted) {
      return false;
    }
    carry(attempt, records);
    return true;
  }

  void carry(Attempt<R> attempt, int records) {
    attempt.item.lane.carried = records;
  }

  /**
   * Takes the outcome of an attempt, which is the outcome of all records it carries; to be called
   * once for each.
   *
   * @return the lane's pause when the record is to be handled again; what it carried waits behind
   *     it as before
   */
  Optional<Pause<R>> finish(Attempt<R> attempt, Outcome outcome) {
    Item<R> item = attempt.item;
    inFlight--;
    item.shard.running--;
    switch (outcome) {
      case Outcome.Applied done -> applied++;
      case Outcome.Skipped done -> skipped++;
      case Outcome.Parked done -> parked++;
      case Outcome.Retry retry -> {
        return again(item, retry.after());
      }
    }
    folded += item.lane.carried - 1;
    take(item.lane, item.lane.carried, true);
    restart(item.lane);
    forgetIfOver(item.shard);
    return Optional.empty();
  }

  private Optional<Pause<R>> again(Item<R> item, Optional<Duration> asked) {
    Lane<R> lane = item.lane;
    if (item.shard.halted) {
      take(lane, lane.carried, false);
      restart(lane);
      forgetIfOver(item.shard);
      return Optional.empty();
    }
    retried++;
    lane.state = State.PAUSED;
    return Optional.of(new Pause<>(lane, ++lane.pauses, backoff.after(item.attempts, asked)));
  }

  /** Takes records off the head of a lane. */
  private void take(Lane<R> lane, int records, boolean finished) {
    for (int i = 0; i < records; i++) {
      Item<R> item = lane.items.remove();
      hold(item, -1);
      if (finished) {
        item.shard.frontier.finish(item.ticket);
        item.shard.finished++;
      }
    }
  }

  /** Ends a pause; a late call for one that is over already changes nothing. */
  void wake(Pause<R> pause) {
    Lane<R> lane = pause.lane;
    if (lane.state == State.PAUSED && lane.pauses == pause.number) {
      ready(lane);
    }
  }

  /**
   * Nothing of the shard starts any more: its waiting records are forgotten (they stay unfinished,
   * so its position never passes them). What runs may still finish, and counts.
   */
  void halt(Shard<R> shard) {
    if (shard.halted) {
      return;
    }
    shard.halted = true;
    open--;
    shard.ready.clear();
    turns.remove(shard);
    for (Lane<R> lane : List.copyOf(lanes.values())) {
      boolean lostHead = lane.head().shard == shard && lane.state != State.RUNNING;
      drop(lane, shard, lane.state == State.RUNNING ? lane.carried : 0);
      if (lostHead) {
        restart(lane);
      }
    }
    forgetIfOver(shard);
  }

  /** Forgets a shard's records in a lane, but for those that are being handled. */
  private void drop(Lane<R> lane, Shard<R> shard, int beingHandled) {
    int index = 0;
    for (Iterator<Item<R>> items = lane.items.iterator(); items.hasNext(); index++) {
      Item<R> item = items.next();
      if (index >= beingHandled && item.shard == shard) {
        hold(item, -1);
        items.remove();
      }
    }
  }

  private void restart(Lane<R> lane) {
    lane.pauses++;
    if (lane.items.isEmpty()) {
      lanes.remove(lane.key);
    } else {
      ready(lane);
    }
  }

  private void ready(Lane<R> lane) {
    lane.state = State.READY;
    Shard<R> shard = lane.head().shard;
    if (shard.ready.isEmpty()) {
      turns.add(shard);
    }
    shard.ready.add(lane);
  }

  private void forgetIfOver(Shard<R> shard) {
    if (shard.halted && shard.running == 0) {
      shards.remove(shard);
    }
  }

  /** Every shard that is open, or halted with work still running. */
  List<Shard<R>> shards() {
    return new ArrayList<>(shards);
  }

  Optional<Unfinished> oldest(Shard<R> shard) {
    return shard
        .frontier
        .oldest()
        .map(i -> new Unfinished(shard.name, i.lane.key, i.sequence, i.acceptedAt, i.attempts));
  }

  LaneCounts counts() {
    return new LaneCounts(
        lanes.size(), inFlight, held, heldBytes, applied, skipped, parked, folded, retried);
  }
}
