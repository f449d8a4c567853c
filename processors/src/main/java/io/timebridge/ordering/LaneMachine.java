package io.timebridge.ordering;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
 *       head is ever started. Items of a lane are in the order in which they were offered.
 *   <li>A lane is READY, RUNNING or PAUSED. It stands in the ready queue of its head's shard
 *       exactly while it is READY.
 *   <li>A shard stands in {@link #turns} exactly while its ready queue is not empty.
 *   <li>The lanes that are RUNNING number {@link #inFlight}, at most {@link #maxInFlight}.
 *   <li>A shard's unfinished items number at most {@link #maxHeld}; a halted shard has no items but
 *       running ones.
 *   <li>An item is finished in its shard's frontier when its outcome is final, and never otherwise.
 * </ol>
 *
 * <p>Fair: shards take turns, and within a shard the keys take turns; a key that has just been
 * handled goes to the end.
 *
 * @param <R> what is handled
 */
class LaneMachine<R> {
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
    final R record;
    final Instant acceptedAt;
    final Frontier.Ticket<Item<R>> ticket;
    int attempts;

    Item(Shard<R> shard, Lane<R> lane, BigInteger sequence, R record, Instant acceptedAt) {
      this.shard = shard;
      this.lane = lane;
      this.sequence = sequence;
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

    boolean halted() {
      return halted;
    }
  }

  /** A record that is being handled; handed back with its outcome. */
  static final class Attempt<R> {
    private final Item<R> item;

    /** Whoever runs it, while it runs; for {@link KeyLanes}. */
    @Nullable Thread runner;

    private Attempt(Item<R> item) {
      this.item = item;
    }

    R record() {
      return item.record;
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
  private final int maxHeld;
  private final Backoff backoff;
  private final InstantSource clock;

  private final Map<String, Lane<R>> lanes = new HashMap<>();
  private final ArrayDeque<Shard<R>> turns = new ArrayDeque<>();
  private final Set<Shard<R>> shards = new HashSet<>();
  private int inFlight;
  private int waiting;
  private long applied;
  private long skipped;
  private long parked;
  private long retried;

  LaneMachine(int maxInFlight, int maxHeld, Backoff backoff, InstantSource clock) {
    if (maxInFlight < 1 || maxHeld < 1) {
      throw new IllegalArgumentException(
          "in flight and held per shard are at least 1: " + maxInFlight + ", " + maxHeld);
    }
    this.maxInFlight = maxInFlight;
    this.maxHeld = maxHeld;
    this.backoff = backoff;
    this.clock = clock;
  }

  Shard<R> open(String name) {
    Shard<R> shard = new Shard<>(name);
    shards.add(shard);
    return shard;
  }

  /** See {@link ShardLanes#offer}. */
  ShardLanes.Offer offer(Shard<R> shard, String key, BigInteger sequence, R record) {
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
    lane.items.add(new Item<>(shard, lane, sequence, record, clock.instant()));
    waiting++;
    if (idle) {
      lanes.put(key, lane);
      ready(lane);
    }
    return ShardLanes.Offer.ACCEPTED;
  }

  boolean hasRoom(Shard<R> shard) {
    return shard.unfinished() < maxHeld;
  }

  /** The next record to start, if one may start now; it is in flight from here on. */
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
    inFlight++;
    shard.running++;
    waiting--;
    Item<R> head = lane.head();
    head.attempts++;
    return Optional.of(new Attempt<>(head));
  }

  /**
   * Takes the outcome of an attempt; to be called once for each.
   *
   * @return the lane's pause when the record is to be handled again
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
    item.shard.frontier.finish(item.ticket);
    advance(item.lane);
    forgetIfOver(item.shard);
    return Optional.empty();
  }

  private Optional<Pause<R>> again(Item<R> item, Optional<Duration> asked) {
    Lane<R> lane = item.lane;
    if (item.shard.halted) {
      advance(lane);
      forgetIfOver(item.shard);
      return Optional.empty();
    }
    retried++;
    waiting++;
    lane.state = State.PAUSED;
    return Optional.of(new Pause<>(lane, ++lane.pauses, backoff.after(item.attempts, asked)));
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
    shard.ready.clear();
    turns.remove(shard);
    for (Lane<R> lane : List.copyOf(lanes.values())) {
      if (lane.state == State.RUNNING) {
        Item<R> head = lane.items.remove();
        waiting -= removeItems(lane, shard);
        lane.items.addFirst(head);
      } else {
        boolean lostHead = lane.head().shard == shard;
        waiting -= removeItems(lane, shard);
        if (lostHead) {
          restart(lane);
        }
      }
    }
    forgetIfOver(shard);
  }

  private static <R> int removeItems(Lane<R> lane, Shard<R> shard) {
    int before = lane.items.size();
    lane.items.removeIf(item -> item.shard == shard);
    return before - lane.items.size();
  }

  /** The head is done or given up: the next one's turn comes, or the lane ends. */
  private void advance(Lane<R> lane) {
    lane.items.remove();
    restart(lane);
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
    return new LaneCounts(lanes.size(), inFlight, waiting, applied, skipped, parked, retried);
  }
}
