package io.timebridge.ordering;

import io.timebridge.ordering.LaneMachine.Attempt;
import io.timebridge.ordering.LaneMachine.Pause;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One random history of two workers on a stream that is split and merged: records arrive, attempts
 * end in any order and any outcome, timers fire early, late and twice, leases move while their old
 * holder still works on, workers crash after or before an effect, shards end. What must hold is
 * looked at after every step; at the end everything goes on until it is done. One seed, one
 * history.
 */
final class LaneHistory {
  /** Something done wrong on purpose. */
  enum Plant {
    NONE,
    /** The checkpoint is what was accepted, not what is finished. */
    CHECKPOINT_OF_WHAT_WAS_TAKEN,
    /** A shard counts as ended when it is read, not when it is done. */
    END_OF_WHAT_WAS_READ,
    /** Children are taken while their parents are worked on. */
    CHILDREN_BEFORE_PARENTS,
    /** Deletions are folded as well. */
    FOLD_DELETIONS,
    /** An attempt carries one record more than was handled. */
    CARRY_ONE_MORE,
    /** One more than may be held. */
    ROOM_FOR_ONE_MORE,
    /** What fails is finished. */
    RETRY_IS_FINAL,
    /** Whoever loses a shard works on with what he holds of it. */
    HALT_FORGOTTEN
  }

  /** A record of the stream: the {@code version}-th of its key, from 1. */
  record Rec(int key, int version, boolean deletion, BigInteger sequence) {}

  /** A shard of the stream. */
  private static final class StreamShard {
    final String name;
    final List<StreamShard> parents;
    final List<Rec> records = new ArrayList<>();
    boolean closed;

    /** The lease: who holds it, where it stands, and whether the shard is done. */
    @Nullable Ownership holder;

    int checkpoint;
    boolean ended;

    StreamShard(String name, List<StreamShard> parents) {
      this.name = name;
      this.parents = parents;
    }
  }

  /** A worker's hold of a shard, as the worker sees it: it may have been lost already. */
  private static final class Ownership {
    final Worker worker;
    final StreamShard shard;
    final LaneMachine.Shard<Rec> lanes;
    final int from;
    final List<Boolean> finished = new ArrayList<>();

    /** How many records from {@link #from} on are finished without a gap. */
    int gapless;

    int unfinished;

    Ownership(Worker worker, StreamShard shard) {
      this.worker = worker;
      this.shard = shard;
      this.from = shard.checkpoint;
      this.lanes = worker.machine.open(shard.name);
    }

    int next() {
      return from + finished.size();
    }

    void finish(int index) {
      finished.set(index - from, true);
      unfinished--;
      while (gapless < finished.size() && finished.get(gapless)) {
        gapless++;
      }
    }
  }

  /** An attempt under way. */
  private record Running(Ownership by, Attempt<Rec> attempt, List<Rec> records) {}

  /** A process; a new one takes its place when it crashes. */
  private static final class Worker {
    final LaneMachine<Rec> machine;
    final List<Ownership> ownerships = new ArrayList<>();
    final List<Running> running = new ArrayList<>();
    final List<Pause<Rec>> pauses = new ArrayList<>();

    Worker(LaneMachine<Rec> machine) {
      this.machine = machine;
    }
  }

  private final Random random;
  private final Plant plant;
  private final int maxInFlight;
  private final Room room;
  private final int[] versions;
  private final StreamShard[] shardOf;
  private final List<StreamShard> stream = new ArrayList<>();
  private final Worker[] workers = new Worker[2];

  /** Per key: up to which version everything has been finished by somebody. */
  private final int[] finishedUpTo;

  /** Per key: the version whose effect is there. */
  private final int[] effect;

  private long sequence;
  private int effects;
  private int recognised;
  private int folded;
  private long trace = 1;

  LaneHistory(long seed, Plant plant) {
    this.random = new Random(seed);
    this.plant = plant;
    this.maxInFlight = 1 + random.nextInt(6);
    int perShard = 1 + random.nextInt(10);
    this.room = new Room(perShard, 1 + random.nextInt(30));
    int keys = 1 + random.nextInt(6);
    this.versions = new int[keys];
    this.finishedUpTo = new int[keys];
    this.effect = new int[keys];
    this.shardOf = new StreamShard[keys];
    StreamShard first = addShard(List.of());
    StreamShard second = random.nextBoolean() ? first : addShard(List.of());
    for (int key = 0; key < keys; key++) {
      shardOf[key] = random.nextBoolean() ? first : second;
    }
    workers[0] = worker();
    workers[1] = worker();
  }

  private Worker worker() {
    Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(8), random);
    InstantSource clock = InstantSource.fixed(Instant.EPOCH);
    Room bytes = new Room(1000, 1000);
    return new Worker(
        plant == Plant.NONE
            ? new LaneMachine<>(maxInFlight, room, bytes, backoff, clock)
            : new Spoilt(backoff, clock, bytes));
  }

  private StreamShard addShard(List<StreamShard> parents) {
    StreamShard shard = new StreamShard("s" + stream.size(), parents);
    stream.add(shard);
    return shard;
  }

  /** What happened, in a number: the same for the same seed. */
  long run() {
    int steps = 60 + random.nextInt(240);
    for (int i = 0; i < steps; i++) {
      step();
    }
    finishAll();
    return trace;
  }

  int effects() {
    return effects;
  }

  int recognised() {
    return recognised;
  }

  int folded() {
    return folded;
  }

  private void step() {
    Worker worker = workers[random.nextInt(2)];
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> {
        put();
        put();
      }
      case 3 -> take(worker);
      case 4, 5, 6, 7 -> read(worker);
      case 8, 9, 10, 11, 12 -> end(worker, outcome());
      case 13, 14 -> wake(worker);
      case 15, 16 -> checkpoint(worker);
      case 17 -> learnOfLoss(worker);
      case 18 -> rarely(worker);
      default -> reshard();
    }
    start(worker);
    checkBounds(worker);
  }

  private void rarely(Worker worker) {
    switch (random.nextInt(6)) {
      case 0 -> crash(worker);
      case 1, 2, 3 -> stealLease(worker);
      default -> handOn(worker);
    }
  }

  private Outcome outcome() {
    return switch (random.nextInt(8)) {
      case 0, 1 -> new Outcome.Retry("r");
      case 2 -> new Outcome.Retry("r", Duration.ofMillis(random.nextInt(20)));
      case 3 -> new Outcome.Parked("p");
      default -> new Outcome.Applied("a");
    };
  }

  private void note(int what, long which) {
    trace = (trace * 31 + what) * 1_000_003 + which;
  }

  private void put() {
    int key = random.nextInt(versions.length);
    // Numbers of a child are above those of its parents, as in Kinesis.
    sequence += 1 + random.nextInt(3);
    shardOf[key].records.add(
        new Rec(key, ++versions[key], random.nextInt(6) == 0, BigInteger.valueOf(sequence)));
    note(1, key);
  }

  private void reshard() {
    List<StreamShard> open = stream.stream().filter(s -> !s.closed).toList();
    if (random.nextInt(4) > 0 || stream.size() > 8) {
      return;
    }
    StreamShard one = open.get(random.nextInt(open.size()));
    StreamShard other = open.get(random.nextInt(open.size()));
    one.closed = true;
    other.closed = true;
    StreamShard left = addShard(one == other ? List.of(one) : List.of(one, other));
    StreamShard right = one == other ? addShard(List.of(one)) : left;
    for (int key = 0; key < shardOf.length; key++) {
      if (shardOf[key] == one || shardOf[key] == other) {
        shardOf[key] = random.nextBoolean() ? left : right;
      }
    }
    note(2, stream.size());
  }

  /** Takes a lease that nobody holds. */
  private void take(Worker worker) {
    List<StreamShard> free =
        stream.stream()
            .filter(s -> s.holder == null && !s.ended)
            .filter(s ->
                plant == Plant.CHILDREN_BEFORE_PARENTS || s.parents.stream().allMatch(p -> p.ended))
            .toList();
    if (!free.isEmpty()) {
      own(worker, free.get(random.nextInt(free.size())));
    }
  }

  private void own(Worker worker, StreamShard shard) {
    Ownership ownership = new Ownership(worker, shard);
    shard.holder = ownership;
    worker.ownerships.add(ownership);
    note(3, stream.indexOf(shard));
  }

  private Optional<Ownership> any(Worker worker) {
    return worker.ownerships.isEmpty()
        ? Optional.empty()
        : Optional.of(worker.ownerships.get(random.nextInt(worker.ownerships.size())));
  }

  private void read(Worker worker) {
    any(worker).ifPresent(this::read);
  }

  private void read(Ownership by) {
    if (by.next() >= by.shard.records.size()) {
      return;
    }
    Rec rec = by.shard.records.get(by.next());
    switch (by.worker.machine.offer(by.lanes, "k" + rec.key(), rec.sequence(), 1, rec)) {
      case ACCEPTED -> {
        by.finished.add(false);
        by.unfinished++;
        require(by.unfinished <= room.perShard(), "more of a shard than may be held");
        note(4, rec.sequence().longValue());
      }
      case FULL -> require(by.unfinished > 0, "a shard that holds nothing is full");
      case CLOSED -> throw new AssertionError("closed though it was not halted");
    }
  }

  private void start(Worker worker) {
    while (true) {
      Optional<Attempt<Rec>> next = worker.machine.next();
      if (next.isEmpty()) {
        return;
      }
      Attempt<Rec> attempt = next.get();
      Ownership by =
          worker.ownerships.stream()
              .filter(o -> o.lanes == attempt.shard())
              .findFirst()
              .orElseThrow(() -> new AssertionError("started of a shard that was left"));
      List<Rec> waiting = worker.machine.foldable(attempt);
      int carried = foldable(waiting);
      require(worker.machine.fold(attempt, carried), "halted, but started");
      List<Rec> records = waiting.subList(0, carried);
      begun(worker, by, records);
      worker.running.add(new Running(by, attempt, records));
    }
  }

  private void begun(Worker worker, Ownership by, List<Rec> records) {
    Rec head = records.getFirst();
    require(
        worker.running.stream().noneMatch(r -> r.records().getFirst().key() == head.key()),
        "two of one key");
    require(head.version() <= finishedUpTo[head.key()] + 1, "before an earlier one was finished");
    int index = by.shard.records.indexOf(head);
    for (int i = by.from; i < index; i++) {
      require(
          by.shard.records.get(i).key() != head.key() || by.finished.get(i - by.from),
          "not the oldest of its key");
    }
    for (int i = 1; i < records.size(); i++) {
      require(
          records.get(i).version() == records.get(i - 1).version() + 1, "folded across another");
      require(
          !records.get(i).deletion() && !records.get(i - 1).deletion(), "folded across a deletion");
    }
    note(5, head.sequence().longValue() * 100 + records.size());
  }

  /** A deletion is handled by itself; else up to the next deletion, or less. */
  private int foldable(List<Rec> waiting) {
    int leading = 1;
    boolean deletions = plant == Plant.FOLD_DELETIONS;
    while (leading < waiting.size()
        && (deletions
            || (!waiting.get(leading).deletion() && !waiting.get(leading - 1).deletion()))) {
      leading++;
    }
    return leading == 1 ? 1 : 1 + random.nextInt(leading);
  }

  private void end(Worker worker, Outcome outcome) {
    if (worker.running.isEmpty()) {
      return;
    }
    Running ended = worker.running.remove(random.nextInt(worker.running.size()));
    boolean left = !worker.ownerships.contains(ended.by());
    boolean effective = !(outcome instanceof Outcome.Retry) || random.nextBoolean();
    if (effective) {
      handle(ended.records().getLast());
    }
    Optional<Pause<Rec>> pause = worker.machine.finish(ended.attempt(), outcome);
    if (outcome instanceof Outcome.Retry) {
      require(pause.isPresent() != left, "a pause for a shard that was left, or none");
      pause.ifPresent(worker.pauses::add);
    } else {
      require(pause.isEmpty(), "a pause for what is done");
      ended.records().forEach(rec -> finished(ended.by(), rec));
      folded += ended.records().size() - 1;
    }
    checkPosition(ended.by());
  }

  /** As a handler does that knows what was done before: at most once, and never backwards. */
  private void handle(Rec rec) {
    if (effect[rec.key()] >= rec.version()) {
      recognised++;
    } else {
      effect[rec.key()] = rec.version();
      effects++;
    }
    note(6, rec.sequence().longValue());
  }

  private void finished(Ownership by, Rec rec) {
    require(rec.version() <= finishedUpTo[rec.key()] + 1, "finished before an earlier one");
    finishedUpTo[rec.key()] = Math.max(finishedUpTo[rec.key()], rec.version());
    by.finish(by.shard.records.indexOf(rec));
  }

  private void wake(Worker worker) {
    if (!worker.pauses.isEmpty()) {
      int i = random.nextInt(worker.pauses.size());
      // Now and then a pause is ended twice, as by a timer that comes late.
      worker.machine.wake(random.nextInt(4) == 0 ? worker.pauses.get(i) : worker.pauses.remove(i));
    }
  }

  /** Checkpoints where the lease is still ours; a shard that is done ends here. */
  private void checkpoint(Worker worker) {
    any(worker)
        .ifPresent(by -> {
          if (by.shard.holder == by) {
            write(by);
          } else {
            leave(by);
          }
        });
  }

  private void write(Ownership by) {
    StreamShard shard = by.shard;
    int upTo = by.from + by.gapless;
    if (plant == Plant.CHECKPOINT_OF_WHAT_WAS_TAKEN) {
      upTo = by.next();
    }
    for (int i = shard.checkpoint; i < upTo; i++) {
      Rec rec = shard.records.get(i);
      require(finishedUpTo[rec.key()] >= rec.version(), "checkpoint past unfinished work");
    }
    require(upTo >= shard.checkpoint, "checkpoint backwards");
    shard.checkpoint = upTo;
    note(7, upTo);
    boolean read = shard.closed && by.next() == shard.records.size();
    if (read && (by.lanes.unfinished() == 0 || plant == Plant.END_OF_WHAT_WAS_READ)) {
      for (Rec rec : shard.records) {
        require(finishedUpTo[rec.key()] >= rec.version(), "a shard ends with work unfinished");
      }
      shard.ended = true;
      leave(by);
      note(8, stream.indexOf(shard));
    }
  }

  private void leave(Ownership by) {
    if (plant != Plant.HALT_FORGOTTEN) {
      by.worker.machine.halt(by.lanes);
    }
    by.worker.ownerships.remove(by);
    if (by.shard.holder == by) {
      by.shard.holder = null;
    }
  }

  /** KCL tells of leases that went. */
  private void learnOfLoss(Worker worker) {
    List.copyOf(worker.ownerships).stream()
        .filter(by -> by.shard.holder != by)
        .forEach(this::leave);
  }

  /** Another worker takes over; the old holder works on until it learns of it. */
  private void stealLease(Worker from) {
    Worker to = from == workers[0] ? workers[1] : workers[0];
    any(from)
        .filter(by -> by.shard.holder == by)
        .filter(by -> to.ownerships.stream().noneMatch(o -> o.shard == by.shard))
        .ifPresent(by -> own(to, by.shard));
  }

  /** What runs is waited for, the position is checkpointed. */
  private void handOn(Worker worker) {
    Optional<Ownership> some = any(worker).filter(by -> by.shard.holder == by);
    if (some.isEmpty()) {
      return;
    }
    Ownership by = some.get();
    worker.machine.halt(by.lanes);
    worker.ownerships.remove(by);
    while (by.lanes.running() > 0) {
      end(worker, new Outcome.Applied("a"));
    }
    int upTo = by.from + by.gapless;
    require(upTo >= by.shard.checkpoint, "checkpoint backwards");
    by.shard.checkpoint = upTo;
    by.shard.holder = null;
    note(9, upTo);
  }

  private void crash(Worker worker) {
    for (Running running : worker.running) {
      if (random.nextBoolean()) {
        handle(running.records().getLast());
      }
    }
    for (StreamShard shard : stream) {
      if (shard.holder != null && shard.holder.worker == worker) {
        shard.holder = null;
      }
    }
    workers[worker == workers[0] ? 0 : 1] = worker();
    note(10, 0);
  }

  private void checkPosition(Ownership by) {
    Optional<BigInteger> expected =
        by.gapless == 0
            ? Optional.empty()
            : Optional.of(by.shard.records.get(by.from + by.gapless - 1).sequence());
    require(by.lanes.position().equals(expected), "the position is not where the model has it");
    require(by.lanes.unfinished() == by.unfinished, "unfinished records are counted wrong");
  }

  private void checkBounds(Worker worker) {
    if (worker != workers[0] && worker != workers[1]) {
      return; // crashed
    }
    LaneCounts counts = worker.machine.counts();
    require(counts.inFlight() == worker.running.size(), "what is in flight is counted wrong");
    require(counts.inFlight() <= maxInFlight, "more in flight than allowed");
    int held =
        worker.ownerships.stream().mapToInt(o -> o.unfinished).sum()
            + worker.running.stream()
                .filter(r -> !worker.ownerships.contains(r.by()))
                .mapToInt(r -> r.records().size())
                .sum();
    require(counts.held() == held, "what is held is counted wrong");
    require(counts.keys() <= counts.held(), "a lane without work");
    int shards = worker.ownerships.size();
    require(
        held <= room.total() + room.total() / 8 + shards + maxInFlight, "more than may be held");
    worker.ownerships.forEach(this::checkPosition);
  }

  /** Everything that can go on goes on: nothing may be lost or left over. */
  private void finishAll() {
    for (int guard = 0; !done(); guard++) {
      require(guard < 5_000, "it does not come to an end");
      for (Worker worker : workers) {
        learnOfLoss(worker);
        take(worker);
        List.copyOf(worker.ownerships).forEach(this::read);
        start(worker);
        end(worker, new Outcome.Applied("a"));
        wake(worker);
        List.copyOf(worker.ownerships).forEach(this::write);
        start(worker);
        checkBounds(worker);
      }
    }
    for (int key = 0; key < versions.length; key++) {
      require(finishedUpTo[key] == versions[key], "lost");
      require(effect[key] == versions[key] || versions[key] == 0, "without effect");
    }
    for (Worker worker : workers) {
      LaneCounts counts = worker.machine.counts();
      require(counts.keys() + counts.inFlight() + counts.held() == 0, "left over");
      require(counts.heldBytes() == 0, "bytes left over");
      List.copyOf(worker.ownerships).forEach(this::leave);
      require(worker.machine.shards().isEmpty(), "a shard is remembered for ever");
    }
  }

  private boolean done() {
    return workers[0].running.isEmpty()
        && workers[1].running.isEmpty()
        && stream.stream().allMatch(s -> s.closed ? s.ended : s.checkpoint == s.records.size());
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  /** The machine with a planted bug. */
  private final class Spoilt extends LaneMachine<Rec> {
    Spoilt(Backoff backoff, InstantSource clock, Room bytes) {
      super(
          maxInFlight,
          plant == Plant.ROOM_FOR_ONE_MORE ? new Room(room.perShard() + 1, room.total()) : room,
          bytes,
          backoff,
          clock);
    }

    @Override
    boolean fold(Attempt<Rec> attempt, int records) {
      boolean more = plant == Plant.CARRY_ONE_MORE && foldable(attempt).size() > records;
      return super.fold(attempt, more ? records + 1 : records);
    }

    @Override
    Optional<Pause<Rec>> finish(Attempt<Rec> attempt, Outcome outcome) {
      boolean dropped = plant == Plant.RETRY_IS_FINAL && outcome instanceof Outcome.Retry;
      return super.finish(attempt, dropped ? new Outcome.Skipped("planted") : outcome);
    }
  }
}
