package io.timebridge.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.VerifyEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** In which order entries are visited, once or twice. */
class EntryKeysTest {
  private static final EntryKeys.Gathering NOTHING = into -> {};

  private final List<String> visits = new ArrayList<>();

  private final EntryKeys.Gathering gathering =
      into -> {
        into.reading();
        into.add(id(7), Optional.empty());
        into.add(id(5), Optional.empty());
      };

  private static EntryId id(long id) {
    return EntryId.parse(Long.toString(id)).orElseThrow();
  }

  private List<String> visits(Optional<EntryKeys.Again> again, Map<String, String> positions)
      throws Exception {
    new EntryKeys(
            gathering,
            again,
            (id, places) -> Optional.of(VerifyEvent.of(id, places, true, Instant.EPOCH)))
        .each(
            positions,
            (candidate, done) -> {
              assertThat(done).isBetween(0.0, 1.0);
              visits.add(
                  switch (candidate) {
                    case Candidate.Event event -> event.place().part() + " " + event.place().at();
                    case Candidate.Nothing nothing ->
                        nothing.place().part() + " " + nothing.place().at();
                    case Candidate.Skip skip -> "skip";
                    case Candidate.Reading reading -> "reading";
                    case Candidate.Lost lost -> "lost " + lost.shard();
                    case Candidate.Settled settled -> "settled";
                  });
            });
    return visits;
  }

  @Test
  void all_are_visited_once_more_when_the_first_visit_is_handled_with_those_that_came_meanwhile()
      throws Exception {
    assertThat(visits(again(NOTHING, into -> into.add(id(9), Optional.empty())), Map.of()))
        .containsExactly(
            "reading",
            "entries 5",
            "entries 7",
            "entries end",
            "settled",
            "entries-again 5",
            "entries-again 7",
            "entries-again 9",
            "entries-again end");
  }

  @Test
  void a_second_visit_goes_on_with_those_of_the_first_though_what_spoke_of_them_is_gone()
      throws Exception {
    assertThat(
            visits(
                again(
                    into -> {
                      into.lost("shard", new Window(Instant.EPOCH, Instant.EPOCH));
                      into.add(id(4), Optional.empty());
                      into.add(id(6), Optional.empty());
                    },
                    EntryKeys.Basket::reading),
                Map.of("entries", "end", "entries-again", "5")))
        .containsExactly(
            "settled", "lost shard", "reading", "entries-again 6", "entries-again end");
  }

  @Test
  void a_first_visit_that_goes_on_leaves_none_of_the_earlier_run_out_of_the_second()
      throws Exception {
    assertThat(
            visits(
                again(into -> into.add(id(4), Optional.empty()), NOTHING), Map.of("entries", "5")))
        .containsExactly(
            "reading",
            "entries 7",
            "entries end",
            "settled",
            "entries-again 4",
            "entries-again 5",
            "entries-again 7",
            "entries-again end");
  }

  @Test
  void nothing_is_gathered_when_all_is_done() throws Exception {
    assertThat(visits(Optional.empty(), Map.of("entries", "end"))).isEmpty();
    assertThat(
            visits(again(gathering, gathering), Map.of("entries", "end", "entries-again", "end")))
        .isEmpty();
  }

  private static Optional<EntryKeys.Again> again(
      EntryKeys.Gathering visited, EntryKeys.Gathering lately) {
    return Optional.of(new EntryKeys.Again(visited, lately));
  }
}
