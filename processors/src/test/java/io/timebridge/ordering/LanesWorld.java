package io.timebridge.ordering;

import io.timebridge.ordering.LanesLedger.Rec;
import io.timebridge.ordering.ShardLanes.Offer;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Real lanes among the threads of a run. Every attempt has a thread of its own and so has every
 * timer, which thereby fires at any time.
 */
final class LanesWorld {
  private static final Duration FOREVER = Duration.ofDays(1);

  /** Makes the machine of some lanes: the real one or one with a planted bug. */
  @FunctionalInterface
  interface Machines {
    LaneMachine<Rec> make(
        int inFlight, Room records, Room bytes, Backoff backoff, InstantSource clock);
  }

  /**
   * Bounds.
   *
   * @param records held
   * @param bytes held, where every record has one
   */
  record Bounds(int inFlight, Room records, Room bytes) {
    static final Room NONE = new Room(1000, 1000);

    /** One shard is the bound of all. */
    static Bounds of(int inFlight, int held) {
      return new Bounds(inFlight, new Room(held, NONE.total()), NONE);
    }

    /** What {@link Room} lets all hold, when no eighth of it is one record. */
    static long all(Room room, int shards) {
      return room.total() + shards - 1;
    }
  }

  /**
   * The parts in which a bug can be planted.
   *
   * @param lock guards the lanes
   * @param steps whether a look at the clock is a step, which is one while the lock is held
   */
  record Parts(Function<ScheduledRun, Lock> lock, Machines machines, boolean steps) {
    static final Parts REAL = new Parts(ScheduledLock::new, LaneMachine::new, false);
  }

  /** One shard from taking it to losing it. */
  final class Owner {
    final String name;
    final ShardLanes<Rec> lanes;

    private Owner(String name) {
      this.name = name;
      this.lanes = LanesWorld.this.lanes.open(name);
    }

    /** Offers all, waiting for room; stops when the shard has been halted. */
    void feed(Rec... recs) throws InterruptedException {
      for (Rec rec : recs) {
        if (!offer(rec)) {
          return;
        }
      }
    }

    private boolean offer(Rec rec) throws InterruptedException {
      ledger.offers(rec);
      Offer offer = give(rec);
      while (offer == Offer.FULL) {
        if (!lanes.awaitRoom(FOREVER)) {
          ledger.broken("no room, and no more waiting: " + rec);
        }
        offer = give(rec);
        if (offer == Offer.FULL && shards == 1) {
          ledger.broken("full though there was room: " + rec);
        }
      }
      if (offer != Offer.ACCEPTED) {
        ledger.notTaken(rec);
      }
      lookAtAll();
      return offer == Offer.ACCEPTED;
    }

    private Offer give(Rec rec) {
      return lanes.offer(rec.key(), BigInteger.valueOf(rec.sequence()), 1, rec);
    }

    void look() {
      int unfinished = lanes.unfinished();
      if (unfinished > bounds.records().perShard() || unfinished > bounds.bytes().perShard()) {
        ledger.broken("holds more than allowed: " + unfinished);
      }
      ledger.position(name, lanes.position());
    }

    /** Whether it says yes depends on what is offered meanwhile; it must come back. */
    void awaitFinished() throws InterruptedException {
      lanes.awaitFinished(FOREVER);
    }

    void haltAndSettle() throws InterruptedException {
      lanes.halt();
      settle();
    }

    /** After a halt: nothing starts once nothing runs. */
    void settle() throws InterruptedException {
      if (!lanes.awaitNoneRunning(FOREVER)) {
        ledger.broken("does not settle: " + name);
      }
      ledger.settled(name);
    }

    /** To be asked when all threads have ended. */
    void mustBeFinished(int last) {
      ledger.allFinished(name);
      if (lanes.unfinished() != 0
          || !lanes.position().equals(lanes.lastAccepted())
          || lanes.position().orElseThrow().intValueExact() != last) {
        ledger.broken(name + " is not done: " + lanes.unfinished() + " at " + lanes.position());
      }
    }
  }

  private final ScheduledRun run;
  final LanesLedger ledger;
  final KeyLanes<Rec> lanes;
  private final LaneMachine<Rec> machine;
  private final Bounds bounds;
  private int shards;
  private final Map<Thread, Runnable> finishing = new HashMap<>();
  private Function<Rec, Runnable> onFinish = rec -> () -> {};
  private Predicate<Rec> stuck = rec -> false;

  LanesWorld(ScheduledRun run, int inFlight, int held, Parts parts) {
    this(run, Bounds.of(inFlight, held), Folding.none(), parts);
  }

  LanesWorld(ScheduledRun run, Bounds bounds, Folding<Rec> folding, Parts parts) {
    this.run = run;
    this.bounds = bounds;
    this.ledger = new LanesLedger(bounds.inFlight());
    InstantSource clock =
        () -> {
          if (parts.steps()) {
            run.step("looks at the clock");
          }
          return Instant.EPOCH;
        };
    this.machine =
        parts
            .machines()
            .make(
                bounds.inFlight(),
                bounds.records(),
                bounds.bytes(),
                new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), () -> 1),
                clock);
    this.lanes =
        new KeyLanes<>(
            this::handle,
            waiting -> {
              run.step("folds " + waiting.size());
              return folding.leading(waiting);
            },
            task -> run.start("runner", () -> attempt(task)),
            this::after,
            parts.lock().apply(run),
            machine);
  }

  /**
   * Is told of every final outcome right before the lanes are, and what it gives when they know.
   */
  void onFinish(Function<Rec, Runnable> told) {
    onFinish = told;
  }

  private void attempt(Runnable task) {
    task.run();
    Runnable finished = finishing.remove(Thread.currentThread());
    if (finished != null) {
      finished.run();
    }
  }

  /** The handler does not come back while one of its records is such a one. */
  void stuckWhile(Predicate<Rec> condition) {
    stuck = condition;
  }

  private Outcome handle(String key, List<Rec> recs) {
    boolean again = ledger.begins(recs);
    lookAtAll();
    run.await("handles " + LanesLedger.names(recs), () -> recs.stream().noneMatch(stuck));
    ledger.ends(recs, again);
    if (!again) {
      finishing.put(Thread.currentThread(), onFinish.apply(recs.getLast()));
    }
    return again ? new Outcome.Retry("asked to") : new Outcome.Applied("");
  }

  private void after(Duration delay, Runnable action) {
    List<Rec> waiting = ledger.endedLast();
    run.start(
        "timer",
        () -> {
          ledger.timerFires(waiting);
          action.run();
        });
  }

  Owner open(String shard) {
    shards++;
    return new Owner(shard);
  }

  /** What all shards hold together; no step, since nothing else runs meanwhile. */
  private void lookAtAll() {
    LaneCounts counts = machine.counts();
    if (counts.held() > Bounds.all(bounds.records(), shards)
        || counts.heldBytes() > Bounds.all(bounds.bytes(), shards)) {
      ledger.broken("all hold more than allowed: " + counts);
    }
  }

  /** To be called last. */
  void check() {
    LaneCounts counts = lanes.counts();
    if (counts.keys() + counts.inFlight() + counts.held() + counts.heldBytes() > 0) {
      ledger.broken("left over: " + counts);
    }
    ledger.broken().ifPresent(what -> run.fail(what, null));
  }
}
