package io.timebridge.reconcile;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Bookings.Wanted;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Looks at suspicions again, each by itself: the entry as FirstService has it now, the row as it is
 * now, and the reports of every place at which its timesheet may be, until they settle. What is
 * under way, waits, may be on its way, or changes meanwhile is no difference.
 */
final class SecondLook {
  private final Sides sides;
  private final WindowScan.Step step;

  /** A suspicion that is none of the waiting ones. */
  private record Open(EntryId id, Truth truth, EntryRow row, Set<Place> places) {
    Set<Long> people() {
      Set<Long> people = new HashSet<>();
      places.forEach(place -> people.add(place.personId()));
      return people;
    }
  }

  /**
   * @param step told after each call that may take its time
   */
  SecondLook(Sides sides, WindowScan.Step step) {
    this.sides = sides;
    this.step = step;
  }

  /** Judges a batch: the suspicions with the places where a timesheet was seen. */
  Map<EntryId, Verdict> judge(Map<EntryId, Set<Place>> suspects, OnTheWay onTheWay)
      throws CannotCompare, InterruptedException {
    sides.pause(); // so that the reports show what was done while they were read first
    Map<EntryId, Verdict> verdicts = new TreeMap<>();
    List<Open> open = new ArrayList<>();
    for (Map.Entry<EntryId, Set<Place>> suspect : suspects.entrySet()) {
      EntryId id = suspect.getKey();
      Sides.Rows rows = sides.rows(List.of(id));
      String problem = rows.unreadable().get(id);
      if (problem != null) {
        verdicts.put(id, new Verdict.Unreadable(problem));
        step.done();
        continue;
      }
      EntryRow row = rows.of(id);
      Truth truth = truth(id);
      Optional<String> waits = waits(id, row, truth, onTheWay);
      if (waits.isPresent()) {
        verdicts.put(id, new Verdict.Waits(waits.get()));
      } else {
        open.add(new Open(id, truth, row, places(suspect.getValue(), row, truth)));
      }
      step.done();
    }
    SettledReports reports = settled(open);
    for (Open each : open) {
      verdicts.put(each.id(), verdict(each, reports, onTheWay));
    }
    return verdicts;
  }

  private SettledReports settled(List<Open> open) throws CannotCompare, InterruptedException {
    Set<Place> places = new HashSet<>();
    Map<Place, Set<Long>> known = new HashMap<>();
    for (Open each : open) {
      places.addAll(each.places());
      if (each.row().timesheetId() > 0 && each.row().place().isPresent()) {
        known
            .computeIfAbsent(each.row().place().get(), any -> new HashSet<>())
            .add(each.row().timesheetId());
      }
    }
    SettledReports reports = new SettledReports(sides, step);
    reports.settle(places, known);
    return reports;
  }

  private Truth truth(EntryId id) throws CannotCompare, InterruptedException {
    Optional<Entry> entry = sides.entry(id);
    return entry.isEmpty()
        ? new Truth.Gone()
        : new Truth.Live(entry.get(), sides.wanted(entry.get()));
  }

  private Optional<String> waits(EntryId id, EntryRow row, Truth truth, OnTheWay onTheWay)
      throws CannotCompare, InterruptedException {
    if (row.waits()) {
      return Optional.of("parked: " + sides.whyParked(id));
    }
    if (row.intent().isPresent()) {
      return Optional.of("under way");
    }
    return onTheWay.why(truth, row);
  }

  private static Set<Place> places(Set<Place> seen, EntryRow row, Truth truth) {
    Set<Place> places = new HashSet<>(seen);
    row.place().ifPresent(places::add);
    Judge.place(truth).ifPresent(places::add);
    return places;
  }

  private Verdict verdict(Open each, SettledReports reports, OnTheWay onTheWay)
      throws CannotCompare, InterruptedException {
    Optional<List<Sheet>> settled = reports.at(each.people());
    if (settled.isEmpty()) {
      return new Verdict.Unsure();
    }
    List<Sheet> own =
        settled.get().stream()
            .filter(s -> s.isOf(each.id()) || (s.entry().isEmpty() && isKnown(s, each.row())))
            .toList();
    Judge.Finding finding =
        Judge.besideTwins(Judge.judge(each.truth(), each.row(), own), each.truth(), settled.get());
    if (finding.isEqual()) {
      return finding
          .notCompared()
          .<Verdict>map(Verdict.NotCompared::new)
          .orElse(new Verdict.Equal());
    }
    if (sides.rows(List.of(each.id())).of(each.id()).rev() != each.row().rev()) {
      return new Verdict.Waits("under way");
    }
    return onTheWay.doubts(finding.cause())
        ? new Verdict.Doubted()
        : new Verdict.Differs(drift(each, finding, own));
  }

  private static boolean isKnown(Sheet sheet, EntryRow row) {
    return row.timesheetId() == sheet.id();
  }

  private static Drift drift(Open each, Judge.Finding finding, List<Sheet> own) {
    Set<Place> places = new HashSet<>(each.places());
    own.forEach(sheet -> places.add(sheet.place()));
    Optional<Place> at =
        Judge.place(each.truth())
            .or(() -> own.stream().map(Sheet::place).findFirst())
            .or(() -> each.row().place());
    return new Drift(
        each.id(),
        finding.kinds(),
        finding.cause(),
        own.stream().map(Sheet::id).toList(),
        at.map(Place::personId),
        at.map(Place::day).or(() -> day(each.truth())),
        Told.first(each.truth()),
        Told.second(own),
        places);
  }

  private static Optional<java.time.LocalDate> day(Truth truth) {
    return truth instanceof Truth.Live(Entry entry, Wanted wanted) ? entry.day() : Optional.empty();
  }
}
