package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.deadletters.WaitingKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keys whose tries are used up are not lost: what they wait for brings them back. */
class DeadWakingTest {
  private static WakingRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = new WakingRig(Map.of("retry.backoff", "1s", "retry.max-backoff", "1s"));
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  @Test
  void the_entries_of_a_closed_job_are_booked_once_it_is_reopened_even_after_their_last_try()
      throws Exception {
    long before = rig.entry(rig.company.userId(), rig.company.labelId());
    rig.awaitBooked(before, "1");
    rig.job("close");
    rig.edit(before, 7200);
    long late = rig.entry(rig.company.userId(), rig.company.labelId());
    rig.edit(late, 5400);
    long unmapped = rig.entry(rig.company.userId(), rig.label("Soldering"));
    rig.awaitDead(before);
    rig.awaitDead(late);
    rig.awaitDead(unmapped);
    long job = rig.second.state().path("jobs").get(0).path("idJob").longValue();
    assertThat(rig.waiting(late).map(WaitingKey::waitsFor)).contains("job:" + job);
    long attempts = rig.waiting(unmapped).orElseThrow().attempts();
    rig.job("reopen");
    rig.awaitBooked(before, "2");
    rig.awaitBooked(late, "1.5");
    assertThat(rig.effects(before)).isEqualTo(List.of("timesheet.add 1", "timesheet.update 2"));
    assertThat(rig.effects(late)).isEqualTo(List.of("timesheet.add 1.5"));
    WaitingKey other = rig.waiting(unmapped).orElseThrow();
    assertThat(other.state()).isEqualTo(WaitingKey.State.DEAD);
    assertThat(other.attempts()).isEqualTo(attempts);
    await().atMost(WakingRig.PATIENCE).until(() -> rig.listed().size() == 1);
  }
}
