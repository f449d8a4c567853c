package io.timebridge.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.reconcile.World.Fate;
import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A report that changes while it is looked at: what is gone is gone, and a lie is not believed. */
class SettledReportsTest {
  private final World world = new World(1, 1);
  private final EntryId first = world.entry(Fate.IN_STEP);
  private final EntryId second = world.entry(Fate.IN_STEP);
  private int looks = 1;

  /** What the report shows of {@code second}, from the first look on. */
  private Optional<Integer> settled(String shown) {
    ReportedTimesheet sheet = Optional.ofNullable(world.sheets.get(5002L)).orElseThrow();
    world.meanwhile =
        () -> {
          if (shown.charAt(Math.min(looks++, shown.length() - 1)) == '-') {
            world.sheets.remove(sheet.id());
          } else {
            world.sheets.put(sheet.id(), sheet);
          }
        };
    Set<Place> places = Set.of(world.place(first), world.place(second));
    SettledReports reports = new SettledReports(world, () -> {});
    try {
      reports.settle(places, Map.of());
    } catch (CannotCompare | InterruptedException unplanned) {
      throw new AssertionError(unplanned);
    }
    return reports.at(Set.of(1L)).map(List::size);
  }

  @Test
  void settles_at_once_where_nothing_changes() {
    assertThat(settled("+")).contains(2);
    assertThat(looks).isEqualTo(2);
  }

  @Test
  void settles_without_a_timesheet_that_was_deleted_between_two_looks() {
    assertThat(settled("+-")).contains(1);
    assertThat(looks).isEqualTo(7);
  }

  @Test
  void settles_without_one_that_was_deleted_late() {
    assertThat(settled("+-+-+-")).contains(1);
  }

  @Test
  void does_not_believe_five_looks_that_leave_out_what_another_showed() {
    assertThat(settled("+-----++")).contains(2);
  }

  @Test
  void does_not_settle_while_looks_go_on_to_disagree() {
    assertThat(settled("+-+-+-+-+-+-+-")).isEmpty();
  }
}
