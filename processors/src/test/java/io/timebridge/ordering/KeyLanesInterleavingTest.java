package io.timebridge.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.ordering.LanesLedger.Rec;
import io.timebridge.ordering.LanesWorld.Owner;
import io.timebridge.ordering.LanesWorld.Parts;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The lanes in every order of their threads' steps, and bugs that must come to light there. */
class KeyLanesInterleavingTest {
  @FunctionalInterface
  private interface Plan {
    void play(ScheduledRun run, Parts parts) throws InterruptedException;
  }

  /** What some threads do with the lanes, and what must hold when they have ended. */
  record Course(String name, int interruptions, Plan plan) {
    int explore(Parts parts) {
      return Schedules.explore(interruptions, run -> plan.play(run, parts));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A shard is fed up to its limit while its position is read. */
  static final Course FED_AND_READ =
      new Course(
          "fed and read",
          2,
          (run, parts) -> {
            LanesWorld world = new LanesWorld(run, 2, 2, parts);
            Owner shard = world.open("s");
            run.start(
                "feeder",
                () -> shard.feed(new Rec("s", "a", 1), new Rec("s", "a", 2), new Rec("s", "b", 3)));
            run.start(
                "reader",
                () -> {
                  shard.look();
                  shard.look();
                });
            run.join();
            shard.mustBeFinished(3);
            world.check();
          });

  /** One place in flight for two shards that carry the same key. */
  static final Course TWO_SHARDS =
      new Course(
          "two shards",
          2,
          (run, parts) -> {
            LanesWorld world = new LanesWorld(run, 1, 2, parts);
            Owner one = world.open("s");
            Owner two = world.open("t");
            run.start("feeder", () -> one.feed(new Rec("s", "a", 1), new Rec("s", "b", 2)));
            run.start("feeder", () -> two.feed(new Rec("t", "a", 1)));
            run.join();
            one.mustBeFinished(2);
            two.mustBeFinished(1);
            world.check();
          });

  /** A record is handled twice, the one behind it waits. */
  static final Course RETRIED =
      new Course(
          "retried",
          2,
          (run, parts) -> {
            LanesWorld world = new LanesWorld(run, 2, 2, parts);
            Owner shard = world.open("s");
            run.start(
                "feeder",
                () ->
                    shard.feed(
                        new Rec("s", "a", 1, 1), new Rec("s", "a", 2), new Rec("s", "b", 3)));
            run.join();
            shard.mustBeFinished(3);
            world.check();
          });

  /** Two wait, one for room, one for the end. */
  static final Course AWAITED =
      new Course(
          "awaited",
          2,
          (run, parts) -> {
            LanesWorld world = new LanesWorld(run, 1, 1, parts);
            Owner shard = world.open("s");
            shard.feed(new Rec("s", "a", 1));
            run.start("feeder", () -> shard.feed(new Rec("s", "b", 2)));
            run.start("waiter", shard::awaitFinished);
            run.join();
            shard.mustBeFinished(2);
            world.check();
          });

  /** A full shard is halted under its feeder. */
  static final Course HALTED =
      new Course(
          "halted",
          2,
          (run, parts) -> {
            LanesWorld world = new LanesWorld(run, 1, 1, parts);
            Owner shard = world.open("s");
            run.start("feeder", () -> shard.feed(new Rec("s", "a", 1, 1), new Rec("s", "b", 2)));
            run.start("halter", shard::haltAndSettle);
            run.join();
            shard.look();
            world.check();
          });

  /** A shard is lost while it waits for a retry, and another carries the key on. */
  static final Course REGAINED =
      new Course(
          "regained",
          2,
          (run, parts) -> {
            LanesWorld world = new LanesWorld(run, 2, 2, parts);
            Owner lost = world.open("s");
            Owner gained = world.open("t");
            lost.feed(new Rec("s", "a", 1, 1));
            run.start("halter", lost::haltAndSettle);
            run.start("feeder", () -> gained.feed(new Rec("t", "a", 1, 1), new Rec("t", "a", 2)));
            run.join();
            gained.mustBeFinished(2);
            world.check();
          });

  /** All shards are ended at once while one of them is fed. */
  static final Course INTERRUPTED =
      new Course(
          "interrupted",
          2,
          (run, parts) -> {
            LanesWorld world = new LanesWorld(run, 1, 1, parts);
            Owner fed = world.open("s");
            Owner other = world.open("t");
            other.feed(new Rec("t", "a", 1));
            run.start("feeder", () -> fed.feed(new Rec("s", "a", 1), new Rec("s", "b", 2)));
            run.start(
                "stopper",
                () -> {
                  world.lanes.interrupt();
                  fed.settle();
                  other.settle();
                });
            run.join();
            world.check();
          });

  /** A bug, and the course in which it shows. */
  record Plant(String bug, Course course, Parts parts, String shows) {
    @Override
    public String toString() {
      return bug;
    }
  }

  private static Plant lock(
      String bug, Course course, Function<ScheduledRun, Lock> lock, String shows) {
    return new Plant(bug, course, new Parts(lock, LaneMachine::new, true), shows);
  }

  private static Plant machine(
      String bug, Course course, LanesWorld.Machines machines, String shows) {
    return new Plant(bug, course, new Parts(ScheduledLock::new, machines, false), shows);
  }

  static Stream<Course> courses() {
    return Stream.of(FED_AND_READ, TWO_SHARDS, RETRIED, AWAITED, HALTED, REGAINED, INTERRUPTED);
  }

  static Stream<Plant> plants() {
    return Stream.of(
        lock("lock keeps nobody out", TWO_SHARDS, LanesLocks.Open::new, "left unfinished"),
        lock("signal wakes one of two", AWAITED, LanesLocks.WakesOne::new, "nobody can go on"),
        lock(
            "halt wakes nobody",
            HALTED,
            run -> new LanesLocks.UnheardFrom(run, "halter"),
            "nobody can go on"),
        lock(
            "signal before the wait is lost",
            AWAITED,
            LanesLocks.LetsGoTooEarly::new,
            "nobody can go on"),
        machine(
            "nothing starts after a finish",
            TWO_SHARDS,
            LanesMachines.Forgetful::new,
            "left unfinished"),
        machine(
            "room for one too many", FED_AND_READ, LanesMachines::roomy, "holds more than allowed"),
        machine(
            "one too many in flight",
            TWO_SHARDS,
            (inFlight, records, bytes, backoff, clock) ->
                new LaneMachine<>(inFlight + 1, records, bytes, backoff, clock),
            "more in flight than allowed"),
        machine(
            "halt is put off",
            HALTED,
            LanesMachines.LateHalt::new,
            "started after its shard had settled"),
        machine(
            "timer of an older pause wakes",
            REGAINED,
            LanesMachines.AnyTimer::new,
            "started before its wait was over"));
  }

  @ParameterizedTest
  @MethodSource("courses")
  void holds_its_promises_in_every_order_of_steps(Course course) {
    assertThat(course.explore(Parts.REAL)).isGreaterThan(500);
  }

  @ParameterizedTest
  @MethodSource("plants")
  void a_planted_bug_comes_to_light(Plant plant) {
    assertThatThrownBy(() -> plant.course.explore(plant.parts))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(plant.shows)
        .hasMessageContaining("in this order");
  }
}
