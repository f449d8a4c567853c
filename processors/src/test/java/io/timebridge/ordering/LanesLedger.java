package io.timebridge.ordering;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What the threads of a scenario saw of the lanes, and the first promise that was broken. One
 * thread at a time is in here: none of these methods is a step of a run.
 */
final class LanesLedger {
  /**
   * One record of a scenario.
   *
   * @param shard the ownership it is offered to
   * @param retries attempts that end in a retry before one is final
   */
  record Rec(String shard, String key, int sequence, int retries) {
    Rec(String shard, String key, int sequence) {
      this(shard, key, sequence, 0);
    }
  }

  /** What is known of a record that has been offered. */
  private static final class Known {
    final Rec rec;
    int begun;
    boolean running;
    boolean timerPending;
    boolean finished;

    /** What was handled in the attempt that finished it. */
    List<Rec> together = List.of();

    Known(Rec rec) {
      this.rec = rec;
    }
  }

  /** For the order of steps. */
  static String names(List<Rec> recs) {
    StringJoiner names = new StringJoiner(" ");
    recs.forEach(rec -> names.add(rec.shard() + "/" + rec.key() + rec.sequence()));
    return names.toString();
  }

  private final int inFlight;
  private int attempts;
  private final List<Known> offered = new ArrayList<>();
  private final List<String> settled = new ArrayList<>();
  private final Map<String, BigInteger> lastPosition = new HashMap<>();
  private final Map<Thread, List<Rec>> endedLast = new HashMap<>();
  private @Nullable String broken;

  LanesLedger(int inFlight) {
    this.inFlight = inFlight;
  }

  /** Tells of a broken promise; the first one counts. */
  void broken(String what) {
    if (broken == null) {
      broken = what;
    }
  }

  Optional<String> broken() {
    return Optional.ofNullable(broken);
  }

  /** Before it is offered, since it may start before the offer returns. */
  void offers(Rec rec) {
    offered.add(new Known(rec));
  }

  void notTaken(Rec rec) {
    if (known(rec).begun > 0) {
      broken("started though not taken: " + rec);
    }
    offered.remove(known(rec));
  }

  /** Nothing of the shard runs, and nothing may start any more. */
  void settled(String shard) {
    settled.add(shard);
    if (offered.stream().anyMatch(k -> k.running && k.rec.shard().equals(shard))) {
      broken("runs though its shard has settled: " + shard);
    }
  }

  /** An attempt of some records begins; true when it is to end in a retry. */
  boolean begins(List<Rec> recs) {
    if (attempts == inFlight) {
      broken("more in flight than allowed: " + recs);
    }
    attempts++;
    boolean again = false;
    List<Rec> before = new ArrayList<>();
    for (Rec rec : recs) {
      begins(rec, before);
      before.add(rec);
      Known known = known(rec);
      known.begun++;
      again |= known.begun <= rec.retries();
    }
    for (Rec rec : recs) {
      known(rec).running = true;
    }
    return again;
  }

  /**
   * @param before handled in the same go, before it
   */
  private void begins(Rec rec, List<Rec> before) {
    Known known = known(rec);
    for (Known other : offered) {
      if (other.running && other.rec.key().equals(rec.key())) {
        broken("two of a key in flight: " + other.rec + " and " + rec);
      }
      if (other.rec.shard().equals(rec.shard())
          && other.rec.key().equals(rec.key())
          && other.rec.sequence() < rec.sequence()
          && !other.finished
          && !before.contains(other.rec)) {
        broken("out of order: " + rec + " before " + other.rec);
      }
    }
    if (!before.isEmpty() && !before.getFirst().shard().equals(rec.shard())) {
      broken("carried by another shard: " + rec + " with " + before);
    }
    if (known.finished) {
      broken("started though finished: " + rec);
    }
    if (known.timerPending) {
      broken("started before its wait was over: " + rec);
    }
    if (settled.contains(rec.shard())) {
      broken("started after its shard had settled: " + rec);
    }
  }

  /** All records of an attempt end together. */
  void ends(List<Rec> recs, boolean again) {
    attempts--;
    for (Rec rec : recs) {
      Known known = known(rec);
      known.running = false;
      known.finished = !again;
      known.timerPending = again;
      known.together = recs;
    }
    endedLast.put(Thread.currentThread(), recs);
  }

  /** What the current thread has handled last. */
  List<Rec> endedLast() {
    return Objects.requireNonNull(endedLast.get(Thread.currentThread()));
  }

  void timerFires(List<Rec> recs) {
    recs.forEach(rec -> known(rec).timerPending = false);
  }

  /** A position was read by the one reader of the shard. */
  void position(String shard, Optional<BigInteger> position) {
    BigInteger at = position.orElse(BigInteger.ZERO);
    if (at.compareTo(lastPosition.getOrDefault(shard, BigInteger.ZERO)) < 0) {
      broken("the position of " + shard + " went back to " + at);
    }
    lastPosition.put(shard, at);
    for (Known known : offered) {
      if (known.rec.shard().equals(shard)
          && known.rec.sequence() <= at.intValueExact()
          && !known.finished) {
        broken("the position of " + shard + " passed " + known.rec);
      }
      if (known.rec.shard().equals(shard)
          && known.rec.sequence() == at.intValueExact()
          && known.together.stream().anyMatch(rec -> rec.sequence() == known.rec.sequence() + 1)) {
        broken("finished without what it was handled with: " + known.rec);
      }
    }
  }

  /** Everything that was taken must be finished by now. */
  void allFinished(String shard) {
    for (Known known : offered) {
      if (known.rec.shard().equals(shard) && !known.finished) {
        broken("left unfinished: " + known.rec);
      }
    }
  }

  private Known known(Rec rec) {
    for (Known known : offered) {
      if (known.rec.equals(rec)) {
        return known;
      }
    }
    throw new IllegalStateException("never offered: " + rec);
  }
}
