package io.timebridge.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.ordering.LanesLedger.Rec;
import io.timebridge.ordering.LanesWorld.Bounds;
import io.timebridge.ordering.LanesWorld.Machines;
import io.timebridge.ordering.LanesWorld.Owner;
import io.timebridge.ordering.LanesWorld.Parts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records that are handled in one go, in every order of steps. */
class LanesFoldingInterleavingTest {
  private static LanesWorld world(ScheduledRun run, Folding<Rec> folding, Machines machines) {
    Parts parts = new Parts(ScheduledLock::new, machines, false);
    return new LanesWorld(run, Bounds.of(1, 3), folding, parts);
  }

  /** A key's records are offered while those before them are folded; its position is read. */
  private static void fed(ScheduledRun run, Folding<Rec> folding, Machines machines)
      throws InterruptedException {
    LanesWorld world = world(run, folding, machines);
    Owner shard = world.open("s");
    run.start(
        "feeder",
        () -> shard.feed(new Rec("s", "a", 1), new Rec("s", "a", 2), new Rec("s", "a", 3)));
    run.start("reader", shard::look);
    run.join();
    shard.mustBeFinished(3);
    world.check();
  }

  /** What has been folded is to be handled again, with more that has come meanwhile. */
  private static void retried(ScheduledRun run, Machines machines) throws InterruptedException {
    LanesWorld world = world(run, List::size, machines);
    Owner shard = world.open("s");
    run.start(
        "feeder",
        () -> shard.feed(new Rec("s", "a", 1, 1), new Rec("s", "a", 2, 1), new Rec("s", "a", 3)));
    run.start("reader", shard::look);
    run.join();
    shard.mustBeFinished(3);
    world.check();
  }

  /** A shard is halted while its records are folded, and another carries the key on. */
  private static void halted(ScheduledRun run, Machines machines) throws InterruptedException {
    LanesWorld world = world(run, List::size, machines);
    Owner lost = world.open("s");
    Owner gained = world.open("t");
    run.start("feeder", () -> lost.feed(new Rec("s", "a", 1), new Rec("s", "a", 2)));
    run.start(
        "halter",
        () -> {
          lost.haltAndSettle();
          lost.look();
        });
    run.start("feeder", () -> gained.feed(new Rec("t", "a", 1), new Rec("t", "a", 2)));
    run.join();
    gained.mustBeFinished(2);
    world.check();
  }

  private static void showsUp(String what, int interruptions, ScheduledRun.Scenario scenario) {
    assertThatThrownBy(() -> Schedules.explore(interruptions, scenario))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(what)
        .hasMessageContaining("in this order");
  }

  @Test
  void all_that_was_folded_is_finished_together_while_more_is_offered() {
    assertThat(Schedules.explore(3, run -> fed(run, List::size, LaneMachine::new)))
        .isGreaterThan(500);
  }

  @Test
  void two_at_a_time_are_folded_and_no_third_is_finished_with_them() {
    assertThat(Schedules.explore(3, run -> fed(run, waiting -> 2, LaneMachine::new)))
        .isGreaterThan(500);
  }

  @Test
  void what_was_folded_waits_together_and_is_folded_anew_with_more() {
    assertThat(Schedules.explore(2, run -> retried(run, LaneMachine::new))).isGreaterThan(500);
  }

  @Test
  void a_halt_takes_what_was_to_be_folded_and_nothing_of_another_shard() {
    assertThat(Schedules.explore(2, run -> halted(run, LaneMachine::new))).isGreaterThan(500);
  }

  @Test
  void a_fold_that_ignores_the_halt_comes_to_light() {
    showsUp(
        "finished without what it was handled with",
        1,
        run -> halted(run, LanesMachines.FoldsTheHalted::new));
  }

  @Test
  void one_record_too_many_finished_comes_to_light() {
    showsUp("left unfinished", 1, run -> fed(run, waiting -> 2, LanesMachines.FoldsOneMore::new));
  }

  @Test
  void a_head_finished_without_what_it_was_handled_with_comes_to_light() {
    showsUp(
        "started though finished",
        1,
        run -> fed(run, List::size, LanesMachines.FoldsTheHeadOnly::new));
  }
}
