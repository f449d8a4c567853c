package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.deadletters.WaitingKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Somebody puts a cause right in a running system whose own next try is half an hour away: what
 * waits for it is applied by itself, and nothing else is tried.
 */
class WakingTest {
  private static WakingRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = new WakingRig(Map.of("retry.backoff", "30m"));
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  @Test
  void the_entries_of_a_label_are_booked_once_it_is_mapped_and_those_of_another_wait_on()
      throws Exception {
    long welding = rig.label("Welding");
    long brazing = rig.label("Brazing");
    long ada = rig.company.userId();
    long edited = rig.entry(ada, welding);
    long deleted = rig.entry(ada, welding);
    long plain = rig.entry(ada, welding);
    long other = rig.entry(ada, brazing);
    rig.awaitTried(edited, 1);
    rig.edit(edited, 5400);
    rig.awaitTried(edited, 2); // at once, the two would be folded
    rig.edit(edited, 7200);
    rig.awaitTried(edited, 3);
    rig.awaitTried(deleted, 1);
    rig.delete(deleted);
    rig.awaitTried(deleted, 2);
    rig.awaitTried(plain, 1);
    rig.awaitTried(other, 1);
    assertThat(rig.waiting(edited).map(WaitingKey::waitsFor)).contains("label:" + welding);
    rig.map(welding);
    rig.awaitBooked(edited, "2");
    rig.awaitBooked(plain, "1");
    await().atMost(WakingRig.PATIENCE).until(() -> rig.waiting(deleted).isEmpty());
    assertThat(rig.effects(edited)).isEqualTo(List.of("timesheet.add 2"));
    assertThat(rig.timesheets(deleted)).isEmpty();
    assertThat(rig.effects(other)).isEmpty();
    assertThat(rig.waiting(other).orElseThrow().attempts()).as("not tried for it").isOne();
    rig.edit(edited, 10800);
    rig.awaitBooked(edited, "3");
  }

  @Test
  void the_entries_of_a_user_are_booked_once_the_user_has_an_external_id() {
    long bob = rig.user("bob");
    long eve = rig.user("eve");
    long bobs = rig.entry(bob, rig.company.labelId());
    long eves = rig.entry(eve, rig.company.labelId());
    rig.awaitTried(bobs, 1);
    rig.awaitTried(eves, 1);
    rig.know(bob);
    rig.awaitBooked(bobs, "1");
    assertThat(rig.effects(eves)).isEmpty();
    assertThat(rig.waiting(eves).orElseThrow().attempts()).isOne();
    rig.know(eve);
    rig.awaitBooked(eves, "1");
  }
}
