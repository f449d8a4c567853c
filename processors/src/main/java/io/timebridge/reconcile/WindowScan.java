package io.timebridge.reconcile;

import io.timebridge.reconcile.PersonComparison.Candidate;
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
import java.util.TreeSet;

/**
 * The first look at some days: FirstService's entries, their rows, and the report of every person.
 * Holds the entries of these days and one report at a time; finds suspicions. For one use.
 */
final class WindowScan implements PersonComparison.Sink {
  /** Rows asked for at a time. */
  private static final int ROWS = 1000;

  private final Sides sides;
  private final Days days;
  private final int most;
  private final Map<EntryId, Entry> listed = new HashMap<>();
  private final Map<EntryId, Wanted> wanted = new HashMap<>();
  private final Map<Long, List<Candidate>> byPerson = new HashMap<>();
  private final List<Candidate> ofNobody = new ArrayList<>();
  private final Map<EntryId, Sheet> staying = new HashMap<>();
  private final Map<String, Long> notCompared = new HashMap<>();
  private final Map<EntryId, Set<Place>> suspects = new TreeMap<>();
  private final Set<EntryId> unlisted = new TreeSet<>();
  private long count;
  private long booked;
  private long marked;
  private long foreign;

  /** Told after each person, and whatever else may take its time. */
  @FunctionalInterface
  interface Step {
    void done() throws CannotCompare, InterruptedException;
  }

  /**
   * @param most entries to hold
   */
  WindowScan(Sides sides, Days days, int most) {
    this.sides = sides;
    this.days = days;
    this.most = most;
  }

  /**
   * Lists the entries.
   *
   * @return how many there are; when more than may be held, the scan is of no use
   */
  long list() throws CannotCompare, InterruptedException {
    sides.entries(
        days,
        () -> {
          listed.clear();
          count = 0;
        },
        entry -> {
          count++;
          if (listed.size() < most) {
            listed.merge(entry.id(), entry, (a, b) -> a.version() > b.version() ? a : b);
          }
        });
    return count;
  }

  /** Compares what was listed with the reports of these people and of whoever has an entry. */
  void compare(Set<Long> people, Step step) throws CannotCompare, InterruptedException {
    candidates(step);
    PersonComparison.compare(ofNobody, List.of(), this);
    Set<Long> all = new TreeSet<>(people);
    all.addAll(byPerson.keySet());
    for (long person : all) {
      List<Sheet> report = sides.sheets(person, days);
      marked += report.stream().filter(sheet -> sheet.entry().isPresent()).count();
      PersonComparison.compare(byPerson.getOrDefault(person, List.of()), report, this);
      step.done();
    }
  }

  private void candidates(Step step) throws CannotCompare, InterruptedException {
    List<EntryId> part = new ArrayList<>();
    for (EntryId id : listed.keySet()) {
      part.add(id);
      if (part.size() == ROWS) {
        candidates(part, step);
        part.clear();
      }
    }
    candidates(part, step);
  }

  private void candidates(List<EntryId> ids, Step step) throws CannotCompare, InterruptedException {
    Sides.Rows rows = sides.rows(ids);
    for (EntryId id : ids) {
      Entry entry = java.util.Objects.requireNonNull(listed.get(id));
      Wanted comesTo = sides.wanted(entry);
      wanted.put(id, comesTo);
      if (rows.unreadable().containsKey(id)) {
        suspected(id, List.of());
        continue;
      }
      EntryRow row = rows.of(id);
      booked += row.state() == EntryRow.State.LIVE && row.timesheetId() > 0 ? 1 : 0;
      Truth.Live truth = new Truth.Live(entry, comesTo);
      Judge.place(truth)
          .map(place -> byPerson.computeIfAbsent(place.personId(), any -> new ArrayList<>()))
          .orElse(ofNobody)
          .add(new Candidate(truth, row));
      step.done();
    }
  }

  @Override
  public void suspect(EntryId id, List<Sheet> seen) {
    suspected(id, seen);
  }

  private void suspected(EntryId id, List<Sheet> seen) {
    Set<Place> places = suspects.computeIfAbsent(id, any -> new HashSet<>(2));
    seen.forEach(sheet -> places.add(sheet.place()));
  }

  /** One that was booked of an entry which is not to be booked any more, or not now, stays. */
  @Override
  public void elsewhere(EntryId id, Sheet seen) {
    Optional<Wanted> known = Optional.ofNullable(wanted.get(id));
    if (known.isEmpty()) {
      unlisted.add(id);
    }
    boolean mayStay = known.isPresent() && !(known.get() instanceof Wanted.Booking);
    Optional<Sheet> before = Optional.ofNullable(mayStay ? staying.put(id, seen) : null);
    if (!mayStay || before.isPresent() || suspects.containsKey(id)) {
      before.ifPresent(sheet -> suspected(id, List.of(sheet)));
      suspected(id, List.of(seen));
    }
  }

  @Override
  public void foreign(Sheet seen) {
    foreign++;
  }

  @Override
  public void notCompared(String reason) {
    notCompared.merge(reason, 1L, Long::sum);
  }

  /** Entries that have a timesheet on these days and were not listed. */
  Set<EntryId> unlisted() {
    return unlisted;
  }

  int entries() {
    return listed.size();
  }

  /** Timesheets with a mark. */
  long marked() {
    return marked;
  }

  /** Hands over what was found. */
  void tellTo(Tally tally, Suspicions into) {
    tally.window(listed.size(), marked, foreign);
    notCompared.forEach(tally::notCompared);
    Suspicions.Window window = new Suspicions.Window(days, listed.size(), booked, marked);
    suspects.forEach((id, places) ->
        into.add(id, places, new Suspicions.Suspicion(window, unlisted.contains(id))));
  }
}
