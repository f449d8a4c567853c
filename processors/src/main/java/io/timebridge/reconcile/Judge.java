package io.timebridge.reconcile;

import io.timebridge.services.second.SecondService.Timesheet;
import io.timebridge.timesheet.Bookings.Wanted;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.Place;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compares one entry: what FirstService says, our row, and its timesheets. Pure. */
final class Judge {
  private Judge() {}

  /**
   * What a comparison came to.
   *
   * @param kinds empty = no difference
   * @param notCompared why it could not be compared, though nothing speaks against it
   */
  record Finding(Set<Kind> kinds, Cause cause, Optional<String> notCompared) {
    static final Finding EQUAL = new Finding(Set.of(), Cause.CHANGED, Optional.empty());

    Finding {
      kinds = kinds.isEmpty() ? Set.of() : Set.copyOf(kinds);
    }

    boolean isEqual() {
      return kinds.isEmpty();
    }
  }

  /**
   * Judges.
   *
   * @param sheets that have the entry's mark, or the id that the row names
   */
  static Finding judge(Truth truth, EntryRow row, List<Sheet> sheets) {
    return switch (truth) {
      case Truth.Gone gone ->
          sheets.isEmpty()
              ? Finding.EQUAL
              : new Finding(
                  EnumSet.of(Kind.DELETED_IN_FIRST),
                  row.state() == EntryRow.State.LIVE ? Cause.LOST : Cause.CHANGED,
                  Optional.empty());
      case Truth.Live(Entry entry, Wanted wanted) -> live(entry, wanted, row, sheets);
    };
  }

  /** The timesheet of several that stays the entry's own: the row's, else the oldest. */
  static Sheet own(EntryRow row, List<Sheet> sheets) {
    return sheets.stream()
        .filter(s -> s.id() == row.timesheetId())
        .findFirst()
        .orElseGet(() -> sheets.stream().min((a, b) -> Long.compare(a.id(), b.id())).orElseThrow());
  }

  /**
   * The same, where it is missing: somebody may have booked it, by hand or before Timebridge was
   * there. Hours typed twice are worse than hours that a person is asked about.
   *
   * @param there timesheets where it is to be
   */
  static Finding besideTwins(Finding finding, Truth truth, List<Sheet> there) {
    boolean twin =
        finding.kinds().contains(Kind.MISSING)
            && truth instanceof Truth.Live(Entry entry, Wanted.Booking(Timesheet wanted))
            && there.stream().anyMatch(sheet -> isTwin(wanted, sheet));
    return twin
        ? new Finding(EnumSet.of(Kind.UNMARKED_TWIN), Cause.BY_HAND, Optional.empty())
        : finding;
  }

  private static boolean isTwin(Timesheet wanted, Sheet sheet) {
    return sheet.entry().isEmpty()
        && sheet.place().equals(new Place(wanted.personId(), wanted.day()))
        && sheet.hours().compareTo(wanted.hours()) == 0
        && (sheet.jobId() == 0 || sheet.jobId() == wanted.jobId())
        && (sheet.taskId() == 0 || sheet.taskId() == wanted.taskId());
  }

  private static Finding live(Entry entry, Wanted wanted, EntryRow row, List<Sheet> sheets) {
    EnumSet<Kind> kinds = EnumSet.noneOf(Kind.class);
    if (sheets.size() > 1) {
      kinds.add(Kind.DOUBLE);
    }
    Optional<String> notCompared = Optional.empty();
    switch (wanted) {
      case Wanted.Booking(Timesheet timesheet) -> booking(entry, timesheet, row, sheets, kinds);
      case Wanted.Nothing nothing -> {} // what was booked before stays
      case Wanted.Unclear(String reason, String detail) -> {
        if (wasApplied(entry, row)) {
          notCompared = Optional.of(reason);
        } else {
          kinds.add(Kind.NOT_BOOKABLE);
        }
      }
    }
    boolean lost = !wasApplied(entry, row) || row.timesheetId() == 0;
    return new Finding(kinds, lost ? Cause.LOST : Cause.CHANGED, notCompared);
  }

  /**
   * Whether this very state of the entry was applied. Its version may have moved since:
   * FirstService counts changes that make no other timesheet. A row that was made small has no
   * hash.
   */
  private static boolean wasApplied(Entry entry, EntryRow row) {
    return row.exists()
        && row.state() != EntryRow.State.DELETED
        && (row.hash().isEmpty()
            ? row.version() == entry.version()
            : row.hash().equals(entry.hash()));
  }

  private static void booking(
      Entry entry, Timesheet wanted, EntryRow row, List<Sheet> sheets, EnumSet<Kind> kinds) {
    if (sheets.isEmpty()) {
      boolean booked = row.state() == EntryRow.State.LIVE && row.timesheetId() > 0;
      kinds.add(booked ? Kind.DELETED_IN_SECOND : Kind.MISSING);
      return;
    }
    Sheet is = own(row, sheets);
    add(kinds, Kind.PERSON, is.place().personId() != wanted.personId());
    add(kinds, Kind.DAY, !is.place().day().equals(wanted.day()));
    add(kinds, Kind.JOB, is.jobId() != 0 && is.jobId() != wanted.jobId());
    add(kinds, Kind.TASK, is.taskId() != 0 && is.taskId() != wanted.taskId());
    add(kinds, Kind.HOURS, is.hours().compareTo(wanted.hours()) != 0);
    add(kinds, Kind.NOTE, is.words() != entry.words());
    boolean rowKnows = row.state() == EntryRow.State.LIVE && row.timesheetId() == is.id();
    add(kinds, Kind.ROW, kinds.isEmpty() && !rowKnows);
  }

  private static void add(EnumSet<Kind> kinds, Kind kind, boolean differs) {
    if (differs) {
      kinds.add(kind);
    }
  }

  /** Where the entry's timesheet is to be. */
  static Optional<Place> place(Truth truth) {
    return truth instanceof Truth.Live(Entry entry, Wanted.Booking(Timesheet t))
        ? Optional.of(new Place(t.personId(), t.day()))
        : Optional.empty();
  }
}
