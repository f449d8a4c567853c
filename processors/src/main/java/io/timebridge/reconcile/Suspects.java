package io.timebridge.reconcile;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Place;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Entries that are to be looked at again, with the places where a timesheet of theirs was seen. */
final class Suspects {
  private final Map<EntryId, Set<Place>> places = new TreeMap<>();

  void add(EntryId id, Iterable<Sheet> seen) {
    Set<Place> of = places.computeIfAbsent(id, any -> new HashSet<>());
    seen.forEach(sheet -> of.add(sheet.place()));
  }

  void add(EntryId id, Set<Place> seen) {
    places.computeIfAbsent(id, any -> new HashSet<>()).addAll(seen);
  }

  Map<EntryId, Set<Place>> all() {
    return places;
  }

  int size() {
    return places.size();
  }
}
