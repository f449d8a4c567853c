package io.timebridge.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.ordering.History.Next;
import io.timebridge.ordering.LanesLedger.Rec;
import io.timebridge.ordering.LanesWorld.Owner;
import io.timebridge.ordering.LanesWorld.Parts;
import io.timebridge.ordering.ShardLanes.Offer;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A shard's lanes answer several threads as a plain object would answer one. */
class KeyLanesLinearizabilityTest {
  private static final int HELD = 2;

  /** What a shard is to those who offer and ask. */
  private record Plain(int accepted, Set<Integer> finished, boolean halted) {
    Plain {
      finished = Set.copyOf(finished);
    }

    Next<Plain> offer(int sequence) {
      if (halted) {
        return new Next<>(this, Offer.CLOSED);
      }
      if (accepted - finished.size() == HELD) {
        return new Next<>(this, Offer.FULL);
      }
      return new Next<>(new Plain(sequence, finished, false), Offer.ACCEPTED);
    }

    Next<Plain> position() {
      int at = 0;
      while (finished.contains(at + 1)) {
        at++;
      }
      return new Next<>(this, number(at));
    }

    Next<Plain> lastAccepted() {
      return new Next<>(this, number(accepted));
    }

    Next<Plain> unfinished() {
      return new Next<>(this, accepted - finished.size());
    }

    Next<Plain> halt() {
      return new Next<>(new Plain(accepted, finished, true), true);
    }

    Next<Plain> finish(int sequence) {
      Set<Integer> more = new TreeSet<>(finished);
      more.add(sequence);
      return new Next<>(new Plain(accepted, more, halted), true);
    }

    private static Optional<BigInteger> number(int sequence) {
      return sequence == 0 ? Optional.empty() : Optional.of(BigInteger.valueOf(sequence));
    }
  }

  private static void play(ScheduledRun run, Parts parts) throws InterruptedException {
    LanesWorld world = new LanesWorld(run, 2, HELD, parts);
    History<Plain> history = new History<>();
    world.onFinish(rec -> {
      Consumer<Object> end =
          history.begin("finish " + rec.sequence(), plain -> plain.finish(rec.sequence()));
      return () -> end.accept(true);
    });
    Owner shard = world.open("s");
    run.start(
        "feeder",
        () -> {
          int sequence = 1;
          for (String key : List.of("a", "b", "a")) {
            Rec rec = new Rec("s", key, sequence);
            if (offer(world, history, shard, rec) == Offer.ACCEPTED) {
              sequence++;
            }
          }
        });
    run.start(
        "reader",
        () -> {
          history.call("position", shard.lanes::position, Plain::position);
          history.call("unfinished", shard.lanes::unfinished, Plain::unfinished);
          history.call("position", shard.lanes::position, Plain::position);
        });
    run.start(
        "halter",
        () -> {
          history.call("halt", () -> done(shard.lanes::halt), Plain::halt);
          history.call("last accepted", shard.lanes::lastAccepted, Plain::lastAccepted);
        });
    run.join();
    if (!history.isPlain(new Plain(0, Set.of(), false))) {
      run.fail("no plain object answers so: " + history, null);
    }
    world.check();
  }

  private static Offer offer(LanesWorld world, History<Plain> history, Owner shard, Rec rec) {
    world.ledger.offers(rec);
    Offer offer =
        history.call(
            "offer " + rec.sequence(),
            () -> shard.lanes.offer(rec.key(), BigInteger.valueOf(rec.sequence()), 1, rec),
            plain -> plain.offer(rec.sequence()));
    if (offer != Offer.ACCEPTED) {
      world.ledger.notTaken(rec);
    }
    return offer;
  }

  private static boolean done(Runnable step) {
    step.run();
    return true;
  }

  @Test
  void answers_as_a_plain_object_would() {
    assertThat(Schedules.explore(2, run -> play(run, Parts.REAL))).isGreaterThan(10_000);
  }

  @Test
  void a_halt_that_is_put_off_does_not() {
    Parts planted = new Parts(ScheduledLock::new, LanesMachines.LateHalt::new, false);
    assertThatThrownBy(() -> Schedules.explore(2, run -> play(run, planted)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no plain object answers so");
  }

  @Test
  void room_for_one_too_many_does_not() {
    Parts planted = new Parts(ScheduledLock::new, LanesMachines::roomy, false);
    assertThatThrownBy(() -> Schedules.explore(2, run -> play(run, planted)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no plain object answers so");
  }
}
