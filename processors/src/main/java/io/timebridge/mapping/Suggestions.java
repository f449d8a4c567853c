package io.timebridge.mapping;

import io.timebridge.mapping.Finding.Suggestion;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds tasks by their names. Never guesses between two. Immutable. */
final class Suggestions {
  /** Longest name in which slips are looked for. */
  private static final int LONGEST_SLIP = 60;

  private final Map<String, String> byName;
  private final Map<String, Set<String>> byNormal = new HashMap<>();
  private final Map<String, Set<String>> byPiece = new HashMap<>();

  Suggestions(Picture.Tasks tasks) {
    this.byName = tasks.byName();
    for (String name : tasks.byName().values()) {
      String normal = Likeness.normal(name);
      byNormal.computeIfAbsent(normal, n -> new TreeSet<>()).add(name);
      pieces(normal)
          .forEach(piece -> byPiece.computeIfAbsent(piece, p -> new HashSet<>()).add(normal));
    }
  }

  static Set<String> pieces(String normal) {
    return normal.length() > LONGEST_SLIP ? Set.of() : Likeness.withoutOne(normal);
  }

  /** The one task that a name means. */
  Optional<Suggestion> of(long labelId, String name) {
    String same = byName.get(Likeness.folded(name));
    if (same != null) {
      return suggestion(labelId, same, true, "a task of the same name");
    }
    String normal = Likeness.normal(name);
    Set<String> alike = byNormal.getOrDefault(normal, Set.of());
    if (!alike.isEmpty()) {
      return only(alike)
          .flatMap(task -> suggestion(labelId, task, true, "a task of nearly the same name"));
    }
    Set<String> slips = new TreeSet<>();
    for (String piece : pieces(normal)) {
      byPiece.getOrDefault(piece, Set.of()).stream()
          .filter(task -> Likeness.isSlip(task, normal))
          .forEach(task -> slips.addAll(byNormal.getOrDefault(task, Set.of())));
    }
    return only(slips)
        .flatMap(task -> suggestion(labelId, task, false, "a task whose name is one slip away"));
  }

  private static Optional<String> only(Set<String> names) {
    return names.size() == 1 ? Optional.of(List.copyOf(names).getFirst()) : Optional.empty();
  }

  private static Optional<Suggestion> suggestion(
      long labelId, String task, boolean sure, String why) {
    return Optional.of(new Suggestion(labelId, new TaskRef.ByName(task), sure, why));
  }
}
