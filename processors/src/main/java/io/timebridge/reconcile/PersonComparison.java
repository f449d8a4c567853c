package io.timebridge.reconcile;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Compares one person's entries with the person's report: both in the order of entry ids, side by
 * side. Finds suspicions, not yet differences: what stands at another person's or on other days is
 * not in sight here. Pure.
 */
final class PersonComparison {
  /** A listed entry with what belongs to it. */
  record Candidate(Truth.Live truth, EntryRow row) {
    EntryId id() {
      return truth.entry().id();
    }
  }

  /** What is found. */
  interface Sink {
    /** It is to be looked at again; {@code seen}: its timesheets in this report. */
    void suspect(EntryId id, List<Sheet> seen);

    /** A timesheet of an entry that is not among the person's. */
    void elsewhere(EntryId id, Sheet seen);

    /** A timesheet without a mark, of nobody here. */
    void foreign(Sheet seen);

    /** Nothing speaks against it, but it could not be compared. */
    void notCompared(String reason);
  }

  private PersonComparison() {}

  /**
   * Compares.
   *
   * @param entries the person's own, in any order
   */
  static void compare(List<Candidate> entries, List<Sheet> report, Sink sink) {
    NavigableMap<EntryId, List<Sheet>> sheets = byEntry(entries, report, sink::foreign);
    List<Candidate> ordered = new ArrayList<>(entries);
    ordered.sort((a, b) -> a.id().compareTo(b.id()));
    for (Candidate candidate : ordered) {
      Map.Entry<EntryId, List<Sheet>> next = sheets.firstEntry();
      while (next != null && next.getKey().compareTo(candidate.id()) < 0) {
        elsewhere(sheets.pollFirstEntry(), sink);
        next = sheets.firstEntry();
      }
      boolean has = next != null && next.getKey().equals(candidate.id());
      one(candidate, has ? sheets.pollFirstEntry().getValue() : List.of(), sink);
    }
    while (!sheets.isEmpty()) {
      elsewhere(sheets.pollFirstEntry(), sink);
    }
  }

  private static void one(Candidate candidate, List<Sheet> sheets, Sink sink) {
    Judge.Finding finding = Judge.judge(candidate.truth(), candidate.row(), sheets);
    if (!finding.isEqual()) {
      sink.suspect(candidate.id(), sheets);
    } else {
      finding.notCompared().ifPresent(sink::notCompared);
    }
  }

  private static void elsewhere(Map.Entry<EntryId, List<Sheet>> sheets, Sink sink) {
    sheets.getValue().forEach(sheet -> sink.elsewhere(sheets.getKey(), sheet));
  }

  /** By mark; one that has lost its mark by the id that a row names. Rows said twice count once. */
  private static NavigableMap<EntryId, List<Sheet>> byEntry(
      List<Candidate> entries, List<Sheet> report, Consumer<Sheet> foreign) {
    Map<Long, EntryId> byTimesheet = new HashMap<>();
    entries.forEach(c -> byTimesheet.put(c.row().timesheetId(), c.id()));
    Map<Long, Sheet> once = new TreeMap<>();
    report.forEach(sheet -> once.put(sheet.id(), sheet));
    NavigableMap<EntryId, List<Sheet>> sheets = new TreeMap<>();
    for (Sheet sheet : once.values()) {
      Optional<EntryId> whose =
          sheet.entry().or(() -> Optional.ofNullable(byTimesheet.get(sheet.id())));
      if (whose.isEmpty()) {
        foreign.accept(sheet);
      } else {
        sheets.computeIfAbsent(whose.get(), any -> new ArrayList<>()).add(sheet);
      }
    }
    return sheets;
  }
}
