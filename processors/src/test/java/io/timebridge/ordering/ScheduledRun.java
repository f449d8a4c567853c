package io.timebridge.ordering;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One run of a scenario. Its threads take turns: all fields are touched only by the thread whose
 * turn it is, and the turn is handed on through {@link Member#turn}.
 */
public final class ScheduledRun {
  /** What the first thread does, and what must hold in the end. */
  @FunctionalInterface
  public interface Scenario {
    void play(ScheduledRun run) throws InterruptedException;
  }

  /** What a thread does. */
  @FunctionalInterface
  public interface Body {
    void run() throws InterruptedException;
  }

  /** Ends the threads of a run that has failed. */
  private static final class Over extends Error {
    private static final long serialVersionUID = 1;

    Over() {
      super("the run is over", null, false, false);
    }
  }

  /** A thread of the run. */
  private final class Member {
    final String role;
    final String name;
    final Thread thread;

    /** When it may go on; asked anew before every step. */
    BooleanSupplier ready = () -> true;

    boolean ended;
    volatile boolean turn;

    Member(String role, Body body) {
      long same = members.stream().filter(m -> m.role.equals(role)).count();
      this.role = role;
      this.name = same == 0 ? role : role + " " + (same + 1);
      this.thread = Thread.ofVirtual().name(name).unstarted(() -> live(body));
    }

    private void live(Body body) {
      try {
        awaitTurn(this);
        body.run();
        ended = true;
        handOn(this, "ends");
      } catch (Over over) {
        // Nothing is left to do.
      } catch (Throwable defect) {
        // The edge of a thread: the run fails with it.
        failed(name + " ended in " + defect, defect);
      }
    }
  }

  private final IntUnaryOperator chooser;
  private int interruptions;
  private final List<Member> members = new ArrayList<>();
  private final List<String> steps = new ArrayList<>();
  private final Thread player = Thread.currentThread();
  private volatile boolean over;
  private @Nullable AssertionError failure;
  private @Nullable Member current;

  /**
   * @param chooser picks one of so many ways to go on
   */
  ScheduledRun(IntUnaryOperator chooser, int interruptions) {
    this.chooser = chooser;
    this.interruptions = interruptions;
  }

  /** Runs it all, from the first thread's begin to the last one's end. */
  void play(Scenario scenario) {
    start("main", () -> scenario.play(this));
    Member main = members.getFirst();
    current = main;
    main.turn = true;
    LockSupport.unpark(main.thread);
    while (!over) {
      LockSupport.park(this);
    }
    for (Member member : members) {
      LockSupport.unpark(member.thread);
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Lanes whose attempts, timers and lock are this run's. */
  public <R> KeyLanes<R> lanes(Handler<R> handler, Folding<R> folding, int inFlight, int held) {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), () -> 1);
    Room room = new Room(held, held);
    Room bytes = new Room(Long.MAX_VALUE, Long.MAX_VALUE);
    return new KeyLanes<>(
        handler,
        folding,
        task -> start("runner", task::run),
        (delay, action) -> start("timer", action::run),
        lock(),
        new LaneMachine<>(inFlight, room, bytes, backoff, InstantSource.fixed(Instant.EPOCH)));
  }

  /** A lock between this run's threads, with conditions. */
  public Lock lock() {
    return new ScheduledLock(this);
  }

  /** One with a bug: a thread of that role wakes nobody. */
  public Lock lockUnheardFrom(String role) {
    return new LanesLocks.UnheardFrom(this, role);
  }

  /** Starts a thread; its first step comes when its turn comes. */
  public void start(String role, Body body) {
    Member member = new Member(role, body);
    members.add(member);
    member.thread.start();
  }

  /** Whether it is the turn of a thread of that role. */
  boolean isTurnOf(String role) {
    return me().role.equals(role);
  }

  /** A step: another thread may go first. */
  public void step(String what) {
    handOn(me(), what);
  }

  /** A step that waits. */
  public void await(String what, BooleanSupplier ready) {
    Member me = me();
    me.ready = ready;
    handOn(me, what);
    me.ready = () -> true;
  }

  /** Waits until all other threads have ended. */
  public void join() {
    Member me = me();
    await("joins", () -> members.stream().allMatch(m -> m.ended || m == me));
  }

  /** Ends the run; the first failure counts. */
  public void fail(String what, @Nullable Throwable cause) {
    failed(what, cause);
    throw new Over();
  }

  private void failed(String what, @Nullable Throwable cause) {
    if (failure == null) {
      failure = new AssertionError(what + "\n  in this order:\n" + order(), cause);
    }
    end();
  }

  private Member me() {
    if (over || current == null) {
      throw new Over();
    }
    return current;
  }

  private void end() {
    over = true;
    LockSupport.unpark(player);
  }

  private void handOn(Member from, String what) {
    if (over) {
      throw new Over();
    }
    steps.add(from.name + " " + what);
    List<Member> able = new ArrayList<>();
    boolean interruptible = !from.ended && from.ready.getAsBoolean();
    if (interruptible) {
      able.add(from);
    }
    if (!interruptible || interruptions > 0) {
      for (Member member : members) {
        if (member != from && !member.ended && member.ready.getAsBoolean()) {
          able.add(member);
        }
      }
    }
    if (able.isEmpty()) {
      if (members.stream().allMatch(m -> m.ended)) {
        end();
        return;
      }
      fail("nobody can go on", null);
    }
    Member next = able.size() == 1 ? able.getFirst() : able.get(chooser.applyAsInt(able.size()));
    if (next != from) {
      interruptions -= interruptible ? 1 : 0;
      current = next;
      from.turn = false;
      next.turn = true;
      LockSupport.unpark(next.thread);
      if (!from.ended) {
        awaitTurn(from);
      }
    }
  }

  private void awaitTurn(Member member) {
    while (!member.turn) {
      if (over) {
        throw new Over();
      }
      LockSupport.park(this);
    }
    if (over) {
      throw new Over();
    }
  }

  private String order() {
    StringBuilder order = new StringBuilder();
    for (String step : steps) {
      order.append("    ").append(step).append('\n');
    }
    return order.toString();
  }
}
