package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.sim.second.WrongListing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * SecondService lists its jobs in every wrong way, again and again, while jobs change: nothing that
 * is open is ever archived, and in the end FirstService is right. The ledger of FirstService
 * judges.
 */
class HostilePollTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String NAME =
      "Job %d \"double\" 'single' \u201ctypographic\u201d \u2018too\u2019 `back` \u00abguillemets\u00bb \u201elow\u201c \\ & <b> ''";

  @Test
  void nothing_that_is_open_is_archived_and_what_changed_meanwhile_arrives() throws Exception {
    LocalSystem.Options calm = LocalSystem.Options.calm(Ports.ANY, 1);
    try (LocalSystem system =
        LocalSystem.start(
            new LocalSystem.Options(
                calm.ports(), calm.behaviour(), 1, Map.of("poller.every", "300ms")),
            progress -> {})) {
      JobsOfBoth both = JobsOfBoth.of(system);
      List<Long> ids = both.found(30, NAME);
      await().atMost(PATIENCE).until(() -> both.live().equals(new TreeSet<>(ids)));

      List<String> names = new ArrayList<>();
      for (WrongListing wrong : WrongListing.values()) {
        both.second().faults(wrong.fault(-1));
        String name = NAME.formatted(1000 + wrong.ordinal());
        names.add(name);
        both.rename(ids.get(wrong.ordinal()), name);
        String fault = wrong.toString();
        await(fault).atMost(PATIENCE).until(() -> fired(both) >= WrongListing.THREE_LOOKS);
        both.second().clearFaults();
        assertThat(both.live()).as(fault).hasSize(30);
      }

      for (WrongListing wrong : WrongListing.values()) {
        long id = ids.get(wrong.ordinal());
        String name = names.get(wrong.ordinal());
        await(wrong.toString()).atMost(PATIENCE).until(() -> both.name(id).startsWith(name));
      }
      Set<Long> ended = new TreeSet<>(ids.subList(20, 23));
      ended.forEach(both::close);
      await().atMost(PATIENCE).until(() -> both.archived().equals(ended));

      assertThat(both.live()).hasSize(27).doesNotContainAnyElementsOf(ended);
      assertThat(both.everArchived()).as("by the ledger").isEqualTo(ended);
      assertThat(both.deletions()).isEmpty();
      for (long id : ids) {
        assertThat(both.creations(id)).as("projects of job %d", id).isEqualTo(1);
      }
    }
  }

  private static long fired(JobsOfBoth both) {
    JsonNode faults = both.second().faults();
    JsonNode all = faults.isArray() ? faults : faults.path("faults");
    return all.path(0).path("fired").longValue();
  }
}
