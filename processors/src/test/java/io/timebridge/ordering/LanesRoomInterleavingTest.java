package io.timebridge.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.ordering.LanesLedger.Rec;
import io.timebridge.ordering.LanesWorld.Bounds;
import io.timebridge.ordering.LanesWorld.Machines;
import io.timebridge.ordering.LanesWorld.Owner;
import io.timebridge.ordering.LanesWorld.Parts;
import org.junit.jupiter.api.Test;

/** Shards at the limit of them all, in every order of steps. */
class LanesRoomInterleavingTest {
  private static final Bounds TWO_RECORDS = new Bounds(2, new Room(3, 2), Bounds.NONE);
  private static final Bounds TWO_BYTES = new Bounds(2, Bounds.NONE, new Room(3, 2));

  private static Parts parts(Machines machines) {
    return new Parts(ScheduledLock::new, machines, false);
  }

  /** Two shards want more than both may hold. */
  private static void shared(ScheduledRun run, Bounds bounds, Machines machines)
      throws InterruptedException {
    LanesWorld world = new LanesWorld(run, bounds, Folding.none(), parts(machines));
    Owner one = world.open("s");
    Owner two = world.open("t");
    run.start("feeder", () -> one.feed(new Rec("s", "a", 1), new Rec("s", "a", 2)));
    run.start("feeder", () -> two.feed(new Rec("t", "c", 1), new Rec("t", "c", 2)));
    run.join();
    one.mustBeFinished(2);
    two.mustBeFinished(2);
    world.check();
  }

  /** Nothing of the first shard gets done before a record of the second. */
  private static void stuck(ScheduledRun run, Bounds bounds, Machines machines)
      throws InterruptedException {
    LanesWorld world = new LanesWorld(run, bounds, Folding.none(), parts(machines));
    Owner one = world.open("s");
    Owner two = world.open("t");
    Until done = new Until(world, new Rec("t", "c", 1));
    world.stuckWhile(rec -> rec.shard().equals("s") && !done.reached);
    one.feed(new Rec("s", "a", 1), new Rec("s", "a", 2));
    run.start("feeder", () -> one.feed(new Rec("s", "a", 3)));
    run.start("feeder", () -> two.feed(done.rec));
    run.join();
    one.mustBeFinished(3);
    two.mustBeFinished(1);
    world.check();
  }

  /** Room for the second shard comes by the first one's halt alone. */
  private static void freed(ScheduledRun run, Parts parts) throws InterruptedException {
    Bounds bounds = new Bounds(3, new Room(3, 3), Bounds.NONE);
    LanesWorld world = new LanesWorld(run, bounds, Folding.none(), parts);
    Owner lost = world.open("s");
    Owner other = world.open("t");
    Until done = new Until(world, new Rec("t", "c", 2));
    world.stuckWhile(rec -> !rec.equals(done.rec) && !done.reached);
    lost.feed(new Rec("s", "a", 1), new Rec("s", "a", 2), new Rec("s", "a", 3));
    run.start("feeder", () -> other.feed(new Rec("t", "b", 1), done.rec));
    run.start("halter", lost::haltAndSettle);
    run.join();
    other.mustBeFinished(2);
    world.check();
  }

  /** Is reached when a record has been handled. */
  private static final class Until {
    final Rec rec;
    boolean reached;

    Until(LanesWorld world, Rec rec) {
      this.rec = rec;
      world.onFinish(finished -> {
        reached |= finished.equals(rec);
        return () -> {};
      });
    }
  }

  private static void showsUp(String what, ScheduledRun.Scenario scenario) {
    assertThatThrownBy(() -> Schedules.explore(1, scenario))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(what)
        .hasMessageContaining("in this order");
  }

  @Test
  void two_shards_share_a_number_of_records_and_both_get_on() {
    assertThat(Schedules.explore(1, run -> shared(run, TWO_RECORDS, LaneMachine::new)))
        .isGreaterThan(500);
  }

  @Test
  void two_shards_share_a_number_of_bytes_and_both_get_on() {
    assertThat(Schedules.explore(1, run -> shared(run, TWO_BYTES, LaneMachine::new)))
        .isGreaterThan(500);
  }

  @Test
  void a_shard_that_holds_nothing_gets_in_next_to_one_whose_records_do_not_get_done() {
    assertThat(Schedules.explore(1, run -> stuck(run, TWO_RECORDS, LaneMachine::new)))
        .isGreaterThan(500);
  }

  @Test
  void a_halt_wakes_the_other_shard_that_waits_for_room() {
    assertThat(Schedules.explore(1, run -> freed(run, Parts.REAL))).isGreaterThan(500);
  }

  @Test
  void a_room_that_ignores_the_limit_of_all_comes_to_light() {
    showsUp(
        "all hold more than allowed",
        run -> shared(run, TWO_RECORDS, LanesMachines::eachForItself));
  }

  @Test
  void no_room_for_a_shard_that_holds_nothing_comes_to_light() {
    showsUp(
        "nobody can go on", run -> stuck(run, TWO_RECORDS, LanesMachines.NoRoomForTheFirst::new));
  }

  @Test
  void a_halt_that_wakes_nobody_comes_to_light() {
    Parts unheard =
        new Parts(run -> new LanesLocks.UnheardFrom(run, "halter"), LaneMachine::new, false);
    showsUp("nobody can go on", run -> freed(run, unheard));
  }
}
