package io.timebridge.reconcile;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Place;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An entry whose sides differ. Holds no note.
 *
 * @param timesheetIds its timesheets in SecondService
 * @param person whose it is to be, else whose it is
 * @param day on which it is to be, else on which it is
 * @param first what FirstService says, for people
 * @param second what SecondService says, for people
 * @param places where a check has to look
 */
public record Drift(
    EntryId id,
    Set<Kind> kinds,
    Cause cause,
    List<Long> timesheetIds,
    Optional<Long> person,
    Optional<LocalDate> day,
    String first,
    String second,
    Set<Place> places) {
  private static final String NOT_COMPARED = "not compared";

  public Drift {
    kinds = Set.copyOf(kinds);
    timesheetIds = List.copyOf(timesheetIds);
    places = Set.copyOf(places);
  }

  /** One that cannot be compared, since its row cannot be read. */
  static Drift unreadable(EntryId id, String problem) {
    return new Drift(
        id,
        Set.of(Kind.UNREADABLE),
        Cause.UNKNOWN,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        NOT_COMPARED,
        NOT_COMPARED + "; its row: " + problem,
        Set.of());
  }
}
