package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.deadletters.WaitingKey;
import io.timebridge.local.sim.Http;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys whose tries are used up are not lost: what they wait for brings them back. */
class DeadWakingTest {
  private static WakingRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig =
        new WakingRig(
            Map.of("retry.backoff", "1s", "retry.max-backoff", "1s", "retry.alert-every", "1s"));
  }

  @TempDir Path folder;

  /** Everything said in alerts of that title. */
  private static String told(String title) throws Exception {
    Http sns = new Http(rig.system.settings().aws().endpoints().get("sns"));
    return Http.json(sns.send("GET", "/__admin/messages?after=0", "", Map.of()))
        .path("messages")
        .valueStream()
        .map(message -> message.path("message").asString())
        .filter(message -> message.contains(title))
        .collect(Collectors.joining("\n"));
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
    String about = "; job %d \u201cSite - J-1\u201d, person ".formatted(job);
    assertThat(rig.waiting(late).orElseThrow().detail())
        .contains(about)
        .endsWith(" \u201cAda\u201d");
    DlqLine dlq = DlqLine.of(rig.system, folder);
    DlqLine.Ran list = dlq.run("list", "--reason", "CLOSED_JOB");
    assertThat(list.exit()).as(list.err()).isZero();
    assertThat(list.out()).contains(Long.toString(late), about, "job:" + job);
    assertThat(dlq.run("show", Long.toString(late)).out())
        .contains("CLOSED_JOB", about, "\u201cAda\u201d", "job:" + job);
    assertThat(dlq.run("show", Long.toString(late), "--json").out()).contains("Site - J-1", "Ada");
    await()
        .atMost(WakingRig.PATIENCE)
        .untilAsserted(() -> assertThat(told("their job is closed")).contains("Site - J-1", "Ada"));
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
