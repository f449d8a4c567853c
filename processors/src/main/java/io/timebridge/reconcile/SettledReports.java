package io.timebridge.reconcile;

import io.timebridge.timesheet.Place;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reports that are believed: looked at again and again, with a pause between, until the last two
 * looks agree. Four must agree when they leave out what our rows know, or show nothing at all; six
 * when they leave out what another look showed, which may have been deleted since. One that does
 * not settle in {@value #MOST_LOOKS} looks is not believed. For one batch of suspicions.
 */
final class SettledReports {
  private static final int MOST_LOOKS = 12;
  private static final int AGREE = 2;
  private static final int AGREE_AGAINST_ROWS = 4;
  private static final int AGREE_AGAINST_LOOKS = 6;

  /** Days of one person further apart than this are asked for one by one. */
  private static final int GAP_DAYS = 7;

  private final Sides sides;
  private final WindowScan.Step step;
  private final Map<Ask, Looks> reports = new LinkedHashMap<>();

  /** A report. */
  private record Ask(long person, Days days) {}

  SettledReports(Sides sides, WindowScan.Step step) {
    this.sides = sides;
    this.step = step;
  }

  /** What was seen of one report. */
  private static final class Looks {
    private final Set<Long> known;
    private final Set<Long> everSeen = new HashSet<>();
    private Map<Long, Sheet> last = Map.of();
    private int agreeing;

    Looks(Set<Long> known) {
      this.known = known;
    }

    void add(List<Sheet> report) {
      Map<Long, Sheet> now = new HashMap<>();
      report.forEach(sheet -> now.put(sheet.id(), sheet));
      agreeing = agreeing > 0 && now.equals(last) ? agreeing + 1 : 1;
      last = now;
      everSeen.addAll(now.keySet());
    }

    boolean isSettled() {
      return agreeing >= needed();
    }

    private int needed() {
      if (!last.keySet().containsAll(everSeen)) {
        return AGREE_AGAINST_LOOKS;
      }
      return last.isEmpty() || !last.keySet().containsAll(known) ? AGREE_AGAINST_ROWS : AGREE;
    }
  }

  /**
   * Looks until every report is settled, or too often.
   *
   * @param places what the reports have to cover
   * @param known timesheets that our rows know, by where they say that they are
   */
  void settle(Collection<Place> places, Map<Place, Set<Long>> known)
      throws CannotCompare, InterruptedException {
    Map<Long, TreeSet<LocalDate>> byPerson = new TreeMap<>();
    places.forEach(
        p -> byPerson.computeIfAbsent(p.personId(), any -> new TreeSet<>()).add(p.day()));
    byPerson.forEach((person, days) -> {
      for (Days part : parts(days)) {
        reports.put(new Ask(person, part), new Looks(known(person, part, known)));
      }
    });
    for (int look = 0; look < MOST_LOOKS && !isSettled(); look++) {
      if (look > 0) {
        sides.pause();
      }
      for (Map.Entry<Ask, Looks> each : reports.entrySet()) {
        if (!each.getValue().isSettled()) {
          each.getValue().add(sides.sheets(each.getKey().person(), each.getKey().days()));
          step.done();
        }
      }
    }
  }

  private boolean isSettled() {
    return reports.values().stream().allMatch(Looks::isSettled);
  }

  /** Every timesheet at these people's, by id; empty when a report of theirs has not settled. */
  Optional<List<Sheet>> at(Set<Long> people) {
    Map<Long, Sheet> sheets = new TreeMap<>(Comparator.naturalOrder());
    for (Map.Entry<Ask, Looks> each : reports.entrySet()) {
      if (people.contains(each.getKey().person())) {
        if (!each.getValue().isSettled()) {
          return Optional.empty();
        }
        sheets.putAll(each.getValue().last);
      }
    }
    return Optional.of(List.copyOf(sheets.values()));
  }

  private static Set<Long> known(long person, Days days, Map<Place, Set<Long>> known) {
    Set<Long> here = new HashSet<>();
    known.forEach((place, ids) -> {
      if (place.personId() == person && days.holds(place.day())) {
        here.addAll(ids);
      }
    });
    return here;
  }

  private static List<Days> parts(SortedSet<LocalDate> days) {
    List<Days> parts = new ArrayList<>();
    LocalDate from = days.first();
    LocalDate to = from;
    for (LocalDate day : days) {
      if (day.isAfter(to.plusDays(GAP_DAYS))) {
        parts.add(new Days(from, to));
        from = day;
      }
      to = day;
    }
    parts.add(new Days(from, to));
    return parts;
  }
}
