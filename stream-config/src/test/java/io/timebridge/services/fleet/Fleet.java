package io.timebridge.services.fleet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * A model of many processes that share one row: they join, leave, freeze, die; their clocks drift;
 * the store loses answers and lets writes land late. Every process makes as many calls as it may.
 * Seeded; time is simulated, in milliseconds.
 */
final class Fleet {
  static final Duration LONGEST_CALL = Duration.ofSeconds(10);
  private static final long STEP = 50;

  final Share limit;
  private final long seed;
  final Random random;
  final List<Node> processes = new ArrayList<>();
  Predicate<Node> settles = Node::isReallySettled;
  boolean calm;
  private long now;
  private Roster row = Roster.EMPTY;
  private final List<Late> late = new ArrayList<>();
  private int depth;
  private int ids;

  /** A write that lands after its caller has given it up. */
  private record Late(Roster next, long at) {}

  private record Running(int session, long until) {}

  Fleet(Share limit, long seed) {
    this.limit = limit;
    this.seed = seed;
    this.random = new Random(seed);
  }

  /** One process: its clock, its calls, and what it may use. */
  final class Node implements Limited, SharesStore {
    final String id = "p" + ids++;
    private final double rate = 0.98 + random.nextDouble() * 0.04;
    private final long offset = random.nextLong(1L << 40);
    private final Membership membership;
    private final List<Running> running = new ArrayList<>();
    private Share share = Share.NONE;
    private long sinceNanos;
    private long loweredAt = -10_000;
    private long nextBeat;
    private long frozenUntil;
    private boolean leaving;
    private int nextSession;
    Share wants;
    long held;

    Node(Share wants) {
      this.wants = wants;
      this.nextBeat = now;
      this.membership =
          new Membership(id, limit, () -> this.wants, LONGEST_CALL, this, this::nanos);
    }

    private long nanos() {
      return offset + (long) (now * rate * 1_000_000);
    }

    private boolean isFrozen() {
      return now < frozenUntil;
    }

    Share usable() {
      return nanos() - sinceNanos < Membership.STOP_AFTER.toNanos() ? share : Share.NONE;
    }

    @Override
    public void use(Share next, long since) {
      if (!share.fitsIn(next)) {
        loweredAt = now;
      }
      share = next;
      sinceNanos = since;
    }

    @Override
    public boolean isSettled() {
      return settles.test(this);
    }

    boolean isReallySettled() {
      return running.size() <= share.calls()
          && running.stream().allMatch(call -> call.session() < share.sessions())
          && now - loweredAt >= 1000;
    }

    @Override
    public Roster read() {
      interrupted();
      return row;
    }

    @Override
    public boolean replace(Roster next) throws Unavailable {
      interrupted();
      int fate = calm ? 0 : random.nextInt(40);
      if (fate == 1) {
        throw new Unavailable("refused", new IllegalStateException());
      }
      if (fate == 2) {
        late.add(new Late(next, now + random.nextLong(20_000)));
        throw new Unavailable("lands late, if at all", new IllegalStateException());
      }
      boolean done = land(next);
      if (fate == 3) {
        throw new Unavailable("answer lost", new IllegalStateException());
      }
      interrupted();
      return done;
    }

    /** The others go on in the middle of this one's step, perhaps for long. */
    private void interrupted() {
      if (calm || depth > 0 || random.nextInt(30) > 0) {
        return;
      }
      depth++;
      frozenUntil = now + random.nextLong(30_000);
      pass(frozenUntil - now);
      depth--;
    }

    private void act() {
      if (now >= nextBeat) {
        beat();
      }
      if (!leaving) {
        Share may = usable();
        while (!may.isNone() && running.size() < may.calls()) {
          long millis = 1 + random.nextLong(random.nextInt(5) == 0 ? 9_700 : 500);
          running.add(new Running(Math.floorMod(nextSession++, may.sessions()), now + millis));
        }
      }
      if (!usable().isNone()) {
        held = now;
      }
    }

    private void beat() {
      try {
        if (leaving) {
          if (membership.leave(this)) {
            processes.remove(this);
          }
        } else {
          for (int i = 0; i < 5 && !membership.beat(this); i++) {}
        }
      } catch (Unavailable expected) {
        // as in the thread of beats: the next one tries again
      } catch (InterruptedException impossible) {
        throw new AssertionError(impossible);
      }
      nextBeat = now + (membership.isMoving() ? 250 : 1000);
    }
  }

  private boolean land(Roster next) {
    if (row.revision() != next.revision() - 1) {
      return false;
    }
    row = next;
    return true;
  }

  Node join(Share wants) {
    Node joined = new Node(wants);
    processes.add(joined);
    return joined;
  }

  /** Its calls go on at the service; nobody hears of it again. */
  void kill(Node process) {
    process.frozenUntil = Long.MAX_VALUE;
  }

  void freeze(Node process, Duration time) {
    process.frozenUntil = Math.max(process.frozenUntil, now + time.toMillis());
  }

  void leave(Node process) {
    process.leaving = true;
  }

  List<Node> alive() {
    return processes.stream().filter(p -> !p.leaving && p.frozenUntil != Long.MAX_VALUE).toList();
  }

  long now() {
    return now;
  }

  Roster row() {
    return row;
  }

  void pass(long millis) {
    long end = now + millis;
    while (now < end) {
      now += STEP;
      for (Iterator<Late> it = late.iterator(); it.hasNext(); ) {
        Late write = it.next();
        if (now >= write.at()) {
          land(write.next());
          it.remove();
        }
      }
      processes.forEach(p -> p.running.removeIf(call -> now >= call.until()));
      for (Node process : List.copyOf(processes)) {
        if (!process.isFrozen()) {
          process.act();
        }
      }
      check();
    }
  }

  /** The limit, as the service sees it. */
  private void check() {
    int calls = 0;
    long sessions = 0;
    for (Node process : processes) {
      calls += process.running.size();
      sessions += process.running.stream().map(Running::session).distinct().count();
    }
    if (calls > limit.calls() || sessions > limit.sessions()) {
      throw new Exceeded(
          "seed %d at %d ms: %d calls in %d sessions, the limit is %s; the row is %s"
              .formatted(seed, now, calls, sessions, limit, row));
    }
  }

  static final class Exceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Exceeded(String message) {
      super(message);
    }
  }
}
