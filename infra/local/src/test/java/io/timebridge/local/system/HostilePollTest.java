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
      List<WrongListing> forms = List.of(WrongListing.values());
      for (int i = 0; i < forms.size(); i++) {
        both.second().faults(forms.get(i).fault(-1));
        names.add(NAME.formatted(1000 + i));
        both.rename(ids.get(i), names.get(i));
        String fault = forms.get(i).toString();
        await(fault).atMost(PATIENCE).until(() -> fired(both) >= WrongListing.THREE_LOOKS);
        both.second().clearFaults();
        assertThat(both.live()).as(fault).hasSize(30);
      }

      for (int i = 0; i < forms.size(); i++) {
        long id = ids.get(i);
        String name = names.get(i);
        await(forms.get(i).toString()).atMost(PATIENCE).until(() -> both.name(id).startsWith(name));
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
