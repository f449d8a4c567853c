package io.timebridge.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.reconcile.World.Fate;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Place;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What was repaired is looked at until it does not differ. */
class RepairedTest {
  private final World world = new World(6, 4);

  private Repaired repaired(List<EntryId> ids) {
    Map<EntryId, Set<Place>> drifts = new LinkedHashMap<>();
    ids.forEach(id -> drifts.put(id, Set.of()));
    return new Reconciliation(
            world,
            InstantSource.fixed(World.LIMIT),
            new Reconciliation.Order(
                World.ALL,
                Duration.ofMinutes(10),
                Repair.ALL,
                5,
                false,
                Reconciliation.Limits.NONE),
            new Reconciliation.Progress() {
              @Override
              public void step(String sofar) {}

              @Override
              public void found(Drift drift, boolean repair) {}
            })
        .repaired(drifts);
  }

  private List<EntryId> entries(int count) {
    List<EntryId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(world.entry(Fate.IN_STEP));
    }
    return ids;
  }

  @Test
  void what_still_differs_is_left() throws Exception {
    Repaired repaired = repaired(List.of(world.entry(Fate.CREATE_LOST), world.entry(Fate.IN_STEP)));
    repaired.look(() -> true);
    assertThat(repaired.left()).isEqualTo(1);
  }

  @Test
  void an_entry_that_was_edited_meanwhile_is_settled_once_both_sides_are_equal() throws Exception {
    EntryId edited = world.entry(Fate.YOUNG);
    Repaired repaired = repaired(List.of(edited));
    repaired.look(() -> true);
    assertThat(repaired.left()).isEqualTo(1);
    world.apply(edited, "young");
    repaired.look(() -> true);
    assertThat(repaired.left()).isZero();
  }

  @Test
  void a_look_ends_with_the_batch_in_which_its_time_is_over() throws Exception {
    Repaired repaired = repaired(entries(2 * Suspicions.BATCH + 50));
    AtomicInteger asked = new AtomicInteger();
    repaired.look(() -> asked.incrementAndGet() <= 1);
    assertThat(repaired.left()).isEqualTo(Suspicions.BATCH + 50);
  }

  @Test
  void what_a_look_has_settled_stays_so_when_another_batch_cannot_be_read() throws Exception {
    List<EntryId> ids = entries(2 * Suspicions.BATCH + 50);
    world.unanswered.add(ids.get(Suspicions.BATCH + 7));
    Repaired repaired = repaired(ids);
    assertThatThrownBy(() -> repaired.look(() -> true)).isInstanceOf(CannotCompare.class);
    assertThat(repaired.left()).isEqualTo(Suspicions.BATCH);
    world.unanswered.clear();
    repaired.look(() -> true);
    assertThat(repaired.left()).isZero();
  }
}
