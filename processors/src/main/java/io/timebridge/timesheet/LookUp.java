package io.timebridge.timesheet;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.stream.EntryId;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the timesheets of an entry by their reference mark, at every place an unresolved add may
 * have landed and one day to each side. Nothing found proves nothing until a second complete look,
 * {@code visible-within} later, finds nothing either; a report without any row is half a look at
 * its place, whatever the reports of other places showed.
 */
final class LookUp {
  private static final Comparator<Place> ORDER =
      Comparator.comparingLong(Place::personId).thenComparing(Place::day);
  private static final int FULL_LOOK = 2;
  private static final int EMPTY_LOOK = 1;
  private static final int ABSENT = 2 * FULL_LOOK;

  private final SecondService second;
  private final Duration visibleWithin;
  private final Pause pause;

  LookUp(SecondService second, Duration visibleWithin, Pause pause) {
    this.second = second;
    this.visibleWithin = visibleWithin;
    this.pause = pause;
  }

  /** Waits until a complete report shows what was done before now. */
  void pause() throws InterruptedException {
    pause.pause(visibleWithin);
  }

  /**
   * Those that the first look which shows any shows, lowest id first; empty only when each place by
   * itself has shown often enough that it holds none.
   */
  List<ReportedTimesheet> find(EntryId id, Collection<Place> places)
      throws ServiceTrouble, InterruptedException {
    return look(id, places, false);
  }

  /** Every one there is, lowest id first: each place is looked at until it can hold no other. */
  List<ReportedTimesheet> findAll(EntryId id, Collection<Place> places)
      throws ServiceTrouble, InterruptedException {
    return look(id, places, true);
  }

  private List<ReportedTimesheet> look(EntryId id, Collection<Place> places, boolean all)
      throws ServiceTrouble, InterruptedException {
    Map<Place, Integer> evidence = new TreeMap<>(ORDER);
    places.forEach(place -> evidence.put(place, 0));
    Map<Long, ReportedTimesheet> found = new TreeMap<>();
    while (true) {
      look(id, evidence, found);
      boolean enough = evidence.values().stream().allMatch(shown -> shown >= ABSENT);
      if (enough || !(all || found.isEmpty())) {
        return List.copyOf(found.values());
      }
      pause.pause(visibleWithin);
    }
  }

  /** One look at all places; what each showed is added to its evidence. */
  private void look(EntryId id, Map<Place, Integer> evidence, Map<Long, ReportedTimesheet> found)
      throws ServiceTrouble, InterruptedException {
    for (Map.Entry<Place, Integer> each : evidence.entrySet()) {
      Place place = each.getKey();
      List<ReportedTimesheet> report =
          second.timesheets(place.personId(), place.day().minusDays(1), place.day().plusDays(1));
      each.setValue(each.getValue() + (report.isEmpty() ? EMPTY_LOOK : FULL_LOOK));
      for (ReportedTimesheet t : report) {
        if (ReferenceMark.find(t.description()).filter(id::equals).isPresent()) {
          found.put(t.id(), t);
        }
      }
    }
  }
}
