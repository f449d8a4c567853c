package io.timebridge.reconcile;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Entries that are to be looked at again, with every place at which a timesheet of theirs was seen.
 * They are gathered over all days before any is judged: a timesheet that somebody moved shows on
 * other days than its entry.
 */
final class Suspicions {
  static final int BATCH = 200;

  private final Map<EntryId, Suspicion> all = new LinkedHashMap<>();
  private final Map<EntryId, Set<Place>> places = new LinkedHashMap<>();

  /**
   * Where an entry was first suspected.
   *
   * @param unlisted whether it was not among the listed entries there
   */
  record Suspicion(Window window, boolean unlisted) {}

  /**
   * Some days, and what there was on them.
   *
   * @param listed entries
   * @param booked listed entries whose row knows a timesheet
   * @param marked timesheets with a mark
   */
  record Window(Days days, long listed, long booked, long marked) {}

  /** A suspicion; one that was there before gets the places as well. */
  void add(EntryId id, Set<Place> seen, Suspicion suspicion) {
    all.putIfAbsent(id, suspicion);
    places.computeIfAbsent(id, any -> new HashSet<>(2)).addAll(seen);
  }

  int size() {
    return all.size();
  }

  Map<EntryId, Set<Place>> places() {
    return places;
  }

  Optional<Suspicion> of(EntryId id) {
    return Optional.ofNullable(all.get(id));
  }

  void clear() {
    all.clear();
    places.clear();
  }

  /** At most {@value #BATCH} at a time. */
  static List<Map<EntryId, Set<Place>>> batches(Map<EntryId, Set<Place>> all) {
    List<Map<EntryId, Set<Place>>> batches = new ArrayList<>();
    Map<EntryId, Set<Place>> batch = new LinkedHashMap<>();
    for (Map.Entry<EntryId, Set<Place>> each : all.entrySet()) {
      batch.put(each.getKey(), each.getValue());
      if (batch.size() == BATCH) {
        batches.add(batch);
        batch = new LinkedHashMap<>();
      }
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }

  /** How often something was counted in each window. */
  static final class Counts {
    private final Map<Window, Map<Kind, Long>> kinds = new HashMap<>();

    void add(Window window, Kind kind) {
      kinds.computeIfAbsent(window, any -> new HashMap<>()).merge(kind, 1L, Long::sum);
    }

    long of(Window window, Kind kind) {
      return kinds.getOrDefault(window, Map.of()).getOrDefault(kind, 0L);
    }

    long ofAll(Kind kind) {
      return kinds.values().stream().mapToLong(each -> each.getOrDefault(kind, 0L)).sum();
    }
  }
}
