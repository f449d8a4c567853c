package io.timebridge.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random histories of the lanes against a plain model: records arrive on several shards, attempts
 * end in any order and in any outcome, shards are lost, handed on and read again from their
 * position, timers fire early, late and after their shard is gone. After every step: order per key,
 * one attempt per key, the position exactly where the model has it, all bounds. In the end: nothing
 * lost, nothing left over. One seed, one history.
 */
class LaneMachineModelTest {
  private static final int HISTORIES = 6_000;

  @Test
  void keeps_every_promise_in_random_histories() {
    for (long seed = 1; seed <= HISTORIES; seed++) {
      try {
        new History(seed).run();
      } catch (AssertionError | RuntimeException wrong) {
        throw new AssertionError("history of seed " + seed, wrong);
      }
    }
  }

  /** A record as the stream has it. */
  private record Rec(int shard, String key, int number) {
    BigInteger sequence() {
      return BigInteger.valueOf(number);
    }
  }

  /** A record as one ownership holds it. */
  private record Held(LaneMachine.Shard<Rec> shard, Rec rec) {}

  /** One ownership of a shard. */
  private static final class Owner {
    final LaneMachine.Shard<Rec> shard;
    final int from;
    int next;
    boolean halted;
    final TreeSet<Integer> unfinished = new TreeSet<>();
    final Map<String, Integer> lastFinishedOfKey = new HashMap<>();

    Owner(LaneMachine.Shard<Rec> shard, int from) {
      this.shard = shard;
      this.from = from;
      this.next = from;
    }

    Optional<BigInteger> position() {
      int upTo = unfinished.isEmpty() ? next - 1 : unfinished.first() - 1;
      return upTo < from ? Optional.empty() : Optional.of(BigInteger.valueOf(upTo));
    }
  }

  private static final class History {
    final Random random;
    final int maxInFlight;
    final int maxHeld;
    final LaneMachine<Rec> machine;
    final List<List<Rec>> streams = new ArrayList<>();
    final List<Owner> owners = new ArrayList<>();
    final int[] checkpoints;
    final Set<Rec> finished = new HashSet<>();
    final Map<LaneMachine.Attempt<Rec>, Owner> running = new HashMap<>();
    final List<LaneMachine.Attempt<Rec>> order = new ArrayList<>();
    final List<LaneMachine.Pause<Rec>> pauses = new ArrayList<>();
    final Map<LaneMachine.Pause<Rec>, Held> paused = new HashMap<>();
    final Map<LaneMachine.Shard<Rec>, Owner> ownerOf = new HashMap<>();

    History(long seed) {
      random = new Random(seed);
      maxInFlight = 1 + random.nextInt(6);
      maxHeld = 1 + random.nextInt(12);
      Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(8), random);
      machine =
          new LaneMachine<>(
              maxInFlight,
              new Room(maxHeld, 1000),
              new Room(1000, 1000),
              backoff,
              InstantSource.fixed(Instant.EPOCH));
      int shards = 1 + random.nextInt(3);
      int keys = 1 + random.nextInt(6);
      checkpoints = new int[shards];
      for (int s = 0; s < shards; s++) {
        List<Rec> stream = new ArrayList<>();
        int length = random.nextInt(40);
        for (int i = 0; i < length; i++) {
          // Keys may appear on several shards: as after a reshard, or a shard taken too early.
          stream.add(new Rec(s, "k" + random.nextInt(keys), i));
        }
        streams.add(stream);
        owners.add(open(s));
      }
    }

    Owner open(int s) {
      Owner owner = new Owner(machine.open("shard-" + s), checkpoints[s]);
      ownerOf.put(owner.shard, owner);
      return owner;
    }

    void run() {
      int steps = 100 + random.nextInt(300);
      for (int i = 0; i < steps; i++) {
        step();
        check();
      }
      finishAll();
    }

    void step() {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> arrive(random.nextInt(streams.size()));
        case 4, 5, 6 -> end(outcome());
        case 7, 8 -> wakeOne();
        case 9 -> checkpoint(random.nextInt(streams.size()));
        case 10 -> {
          if (random.nextInt(4) == 0) {
            lose(random.nextInt(streams.size()));
          }
        }
        case 11 -> {
          if (random.nextInt(6) == 0) {
            handOn(random.nextInt(streams.size()));
          }
        }
        default -> throw new IllegalStateException();
      }
      startAll();
    }

    Outcome outcome() {
      return switch (random.nextInt(8)) {
        case 0, 1 -> new Outcome.Retry("r");
        case 2 -> new Outcome.Retry("r", Duration.ofMillis(random.nextInt(20)));
        case 3 -> new Outcome.Parked("p");
        case 4 -> new Outcome.Skipped("s");
        default -> new Outcome.Applied("a");
      };
    }

    void arrive(int s) {
      Owner owner = owners.get(s);
      if (owner.next >= streams.get(s).size()) {
        return;
      }
      Rec rec = streams.get(s).get(owner.next);
      switch (machine.offer(owner.shard, rec.key(), rec.sequence(), 1, rec)) {
        case ACCEPTED -> {
          assertThat(owner.unfinished.size()).isLessThan(maxHeld);
          owner.unfinished.add(rec.number());
          owner.next++;
        }
        case FULL -> assertThat(owner.unfinished).hasSize(maxHeld);
        case CLOSED -> throw new AssertionError("closed though it was not halted");
      }
    }

    void startAll() {
      Optional<LaneMachine.Attempt<Rec>> next = machine.next();
      while (next.isPresent()) {
        LaneMachine.Attempt<Rec> attempt = next.get();
        Owner owner = Objects.requireNonNull(ownerOf.get(attempt.shard()));
        assertThat(owner.halted).as("started of a halted shard: %s", rec(attempt)).isFalse();
        assertThat(running.keySet())
            .as("two of one key")
            .noneMatch(other -> other.key().equals(attempt.key()));
        int oldestOfKey =
            owner.unfinished.stream()
                .filter(n -> stream(attempt).get(n).key().equals(attempt.key()))
                .findFirst()
                .orElseThrow();
        assertThat(rec(attempt).number()).as("oldest of its key first").isEqualTo(oldestOfKey);
        assertThat(paused.values())
            .as("started before its wait was over")
            .doesNotContain(new Held(owner.shard, rec(attempt)));
        running.put(attempt, owner);
        order.add(attempt);
        next = machine.next();
      }
    }

    Rec rec(LaneMachine.Attempt<Rec> attempt) {
      return machine.foldable(attempt).getFirst();
    }

    List<Rec> stream(LaneMachine.Attempt<Rec> attempt) {
      return streams.get(rec(attempt).shard());
    }

    void end(Outcome outcome) {
      if (order.isEmpty()) {
        return;
      }
      LaneMachine.Attempt<Rec> attempt = order.remove(random.nextInt(order.size()));
      Owner owner = Objects.requireNonNull(running.remove(attempt));
      Rec rec = rec(attempt);
      Optional<LaneMachine.Pause<Rec>> pause = machine.finish(attempt, outcome);
      if (outcome instanceof Outcome.Retry) {
        assertThat(pause.isPresent()).isNotEqualTo(owner.halted);
        pause.ifPresent(pauses::add);
        pause.ifPresent(p -> paused.put(p, new Held(owner.shard, rec)));
        return;
      }
      assertThat(pause).isEmpty();
      Integer before = owner.lastFinishedOfKey.put(rec.key(), rec.number());
      assertThat(before == null || before < rec.number()).as("order of %s", rec).isTrue();
      owner.unfinished.remove(rec.number());
      finished.add(rec);
    }

    void wakeOne() {
      if (!pauses.isEmpty()) {
        int i = random.nextInt(pauses.size());
        // Now and then a pause is ended twice, as by a timer that comes late.
        LaneMachine.Pause<Rec> pause = random.nextInt(4) == 0 ? pauses.get(i) : pauses.remove(i);
        machine.wake(pause);
        paused.remove(pause);
      }
    }

    void checkpoint(int s) {
      owners.get(s).shard.position().ifPresent(p -> checkpoints[s] = p.intValue() + 1);
    }

    /** The lease goes without a checkpoint, and comes back. */
    void lose(int s) {
      Owner owner = owners.get(s);
      machine.halt(owner.shard);
      owner.halted = true;
      owners.set(s, open(s));
    }

    /** The shard is handed on: what runs is waited for, the position checkpointed. */
    void handOn(int s) {
      Owner owner = owners.get(s);
      machine.halt(owner.shard);
      owner.halted = true;
      while (owner.shard.running() > 0) {
        end(new Outcome.Applied("a"));
      }
      checkpoint(s);
      owners.set(s, open(s));
    }

    void check() {
      for (Owner owner : ownerOf.values()) {
        assertThat(owner.shard.position()).isEqualTo(owner.position());
        assertThat(owner.shard.unfinished()).isEqualTo(owner.unfinished.size());
      }
      LaneCounts counts = machine.counts();
      assertThat(counts.inFlight()).isEqualTo(running.size()).isLessThanOrEqualTo(maxInFlight);
      int held =
          owners.stream().mapToInt(o -> o.unfinished.size()).sum()
              + (int) running.values().stream().filter(o -> o.halted).count();
      assertThat(counts.held()).isEqualTo(held);
      assertThat(counts.keys()).isLessThanOrEqualTo(counts.held());
      for (int s = 0; s < checkpoints.length; s++) {
        for (int n = 0; n < checkpoints[s]; n++) {
          assertThat(finished).contains(streams.get(s).get(n));
        }
      }
    }

    /** Everything that can go on goes on: nothing may be lost or left over. */
    void finishAll() {
      int guard = 0;
      while (owners.stream().anyMatch(o -> !o.unfinished.isEmpty())
          || unread()
          || !running.isEmpty()) {
        for (int s = 0; s < streams.size(); s++) {
          arrive(s);
        }
        startAll();
        end(new Outcome.Applied("a"));
        wakeOne();
        check();
        assertThat(++guard).as("it comes to an end").isLessThan(10_000);
      }
      for (int s = 0; s < streams.size(); s++) {
        assertThat(finished).containsAll(streams.get(s));
        int last = streams.get(s).size() - 1;
        checkpoint(s);
        assertThat(checkpoints[s]).isEqualTo(last + 1);
      }
      LaneCounts counts = machine.counts();
      assertThat(counts.keys() + counts.inFlight() + counts.held()).isZero();
      for (Owner owner : owners) {
        machine.halt(owner.shard);
      }
      assertThat(machine.shards()).isEmpty();
    }

    boolean unread() {
      for (int s = 0; s < streams.size(); s++) {
        if (owners.get(s).next < streams.get(s).size()) {
          return true;
        }
      }
      return false;
    }
  }
}
