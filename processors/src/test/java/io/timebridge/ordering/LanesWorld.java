package io.timebridge.ordering;

import io.timebridge.ordering.LanesLedger.Rec;
import io.timebridge.ordering.ShardLanes.Offer;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;

/**
 * Real lanes among the threads of a run. Every attempt has a thread of its own and so has every
 * timer, which thereby fires at any time.
 */
final class LanesWorld {
  private static final Duration FOREVER = Duration.ofDays(1);

  /** Makes the machine of some lanes: the real one or one with a planted bug. */
  @FunctionalInterface
  interface Machines {
    LaneMachine<Rec> make(int inFlight, int held, Backoff backoff, InstantSource clock);
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
      if (offer == Offer.FULL) {
        if (!lanes.awaitRoom(FOREVER)) {
          ledger.broken("no room, and no more waiting: " + rec);
        }
        offer = give(rec);
        if (offer == Offer.FULL) {
          ledger.broken("full though there was room: " + rec);
        }
      }
      if (offer != Offer.ACCEPTED) {
        ledger.notTaken(rec);
      }
      return offer == Offer.ACCEPTED;
    }

    private Offer give(Rec rec) {
      return lanes.offer(rec.key(), BigInteger.valueOf(rec.sequence()), rec);
    }

    void look() {
      int unfinished = lanes.unfinished();
      if (unfinished > held) {
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
  private final int held;
  private final Map<Thread, Runnable> finishing = new HashMap<>();
  private Function<Rec, Runnable> onFinish = rec -> () -> {};

  LanesWorld(ScheduledRun run, int inFlight, int held, Parts parts) {
    this.run = run;
    this.held = held;
    this.ledger = new LanesLedger(inFlight);
    InstantSource clock =
        () -> {
          if (parts.steps()) {
            run.step("looks at the clock");
          }
          return Instant.EPOCH;
        };
    this.lanes =
        new KeyLanes<>(
            this::handle,
            task -> run.start("runner", () -> attempt(task)),
            this::after,
            parts.lock().apply(run),
            parts
                .machines()
                .make(
                    inFlight,
                    held,
                    new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), () -> 1),
                    clock));
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

  private Outcome handle(Rec rec) {
    boolean again = ledger.begins(rec);
    run.step("handles " + rec.shard() + "/" + rec.key() + rec.sequence());
    ledger.ends(rec, again);
    if (!again) {
      finishing.put(Thread.currentThread(), onFinish.apply(rec));
    }
    return again ? new Outcome.Retry("asked to") : new Outcome.Applied("");
  }

  private void after(Duration delay, Runnable action) {
    Rec waiting = ledger.endedLast();
    run.start(
        "timer",
        () -> {
          ledger.timerFires(waiting);
          action.run();
        });
  }

  Owner open(String shard) {
    return new Owner(shard);
  }

  /** To be called last. */
  void check() {
    LaneCounts counts = lanes.counts();
    if (counts.keys() + counts.inFlight() + counts.waiting() > 0) {
      ledger.broken("left over: " + counts);
    }
    ledger.broken().ifPresent(what -> run.fail(what, null));
  }
}
