package io.timebridge.timesheet;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.stream.EntryId;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the timesheets of an entry by their reference mark, at every place an unresolved add may
 * have landed and one day to each side. Nothing found proves nothing until a second complete look,
 * {@code visible-within} later, finds nothing either.
 */
final class LookUp {
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

  /** All of them, lowest id first; empty only after enough looks. */
  List<ReportedTimesheet> find(EntryId id, Collection<Place> places)
      throws ServiceTrouble, InterruptedException {
    int evidence = 0;
    while (true) {
      Look look = look(id, places);
      evidence += look.showedAnything() ? FULL_LOOK : EMPTY_LOOK;
      if (!look.found().isEmpty() || evidence >= ABSENT) {
        return look.found();
      }
      pause.pause(visibleWithin);
    }
  }

  /** What one look at all places showed. */
  private record Look(List<ReportedTimesheet> found, boolean showedAnything) {}

  private Look look(EntryId id, Collection<Place> places)
      throws ServiceTrouble, InterruptedException {
    Map<Long, Set<LocalDate>> daysByPerson = new TreeMap<>();
    for (Place place : places) {
      daysByPerson.computeIfAbsent(place.personId(), p -> new TreeSet<>()).add(place.day());
    }
    Map<Long, ReportedTimesheet> found = new TreeMap<>();
    boolean anything = false;
    for (Map.Entry<Long, Set<LocalDate>> person : daysByPerson.entrySet()) {
      for (LocalDate day : person.getValue()) {
        for (ReportedTimesheet t :
            second.timesheets(person.getKey(), day.minusDays(1), day.plusDays(1))) {
          anything = true;
          if (ReferenceMark.find(t.description()).filter(id::equals).isPresent()) {
            found.put(t.id(), t);
          }
        }
      }
    }
    List<ReportedTimesheet> all = new ArrayList<>(found.values());
    all.sort(Comparator.comparingLong(ReportedTimesheet::id));
    return new Look(all, anything);
  }
}
