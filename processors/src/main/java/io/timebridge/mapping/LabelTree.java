package io.timebridge.mapping;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.first.FirstService.Label;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * FirstService's labels, by id, by name and by path. Immutable. A circle of parents, which the
 * service should not have, ends where it closes.
 */
public final class LabelTree {
  /** Between the names of a path. */
  public static final String BETWEEN = " / ";

  private final TreeMap<Long, Label> byId = new TreeMap<>();
  private final Set<Long> parents = new HashSet<>();
  private final Map<String, List<Label>> byName = new HashMap<>();

  public LabelTree(Collection<Label> labels) {
    labels.forEach(label -> byId.putIfAbsent(label.id(), label));
    byId.values().stream().filter(Label::active).map(Label::parentId).forEach(parents::add);
    for (Label label : byId.values()) {
      add(label.name(), label);
      if (label.parentId() != 0) {
        add(path(label.id()), label);
      }
    }
  }

  /** The labels as FirstService lists them; an empty list is believed when three looks show it. */
  public static LabelTree of(FirstService first) throws ServiceTrouble, InterruptedException {
    return new LabelTree(Looks.untilSome(first::labels));
  }

  private void add(String name, Label label) {
    byName.computeIfAbsent(Likeness.folded(name), n -> new ArrayList<>()).add(label);
  }

  /** What a name found. */
  public sealed interface Found {
    record One(Label label) implements Found {}

    /** {@code paths}: each with its id. */
    record Several(List<String> paths) implements Found {}

    record None() implements Found {}
  }

  public boolean isEmpty() {
    return byId.isEmpty();
  }

  public Optional<Label> find(long id) {
    return Optional.ofNullable(byId.get(id));
  }

  /**
   * The label of that name, or of that path ({@code Work / Design}), without regard to case and
   * surrounding blanks; inactive ones only where no active one is called so.
   */
  public Found named(String nameOrPath) {
    List<Label> all = byName.getOrDefault(Likeness.folded(nameOrPath), List.of());
    List<Label> active = all.stream().filter(Label::active).toList();
    List<Label> found = active.isEmpty() ? all : active;
    return switch (found.size()) {
      case 0 -> new Found.None();
      case 1 -> new Found.One(found.getFirst());
      default ->
          new Found.Several(
              found.stream().map(l -> l.id() + " (" + path(l.id()) + ")").limit(20).toList());
    };
  }

  /** The names from the top down to the label: {@code Work / Design}; empty for an unknown id. */
  public String path(long id) {
    Deque<String> names = new ArrayDeque<>();
    Set<Long> seen = new HashSet<>();
    Label label = byId.get(id);
    while (label != null && seen.add(label.id())) {
      names.addFirst(label.name());
      label = byId.get(label.parentId());
    }
    return String.join(BETWEEN, names);
  }

  /** Active labels that no active label is below of, without those below {@code excluded}. */
  List<Label> activeLeaves(Set<Long> excluded) {
    return byId.values().stream()
        .filter(label -> label.active() && !parents.contains(label.id()))
        .filter(label -> !isBelow(label.id(), excluded))
        .toList();
  }

  /** The active labels that may name a task, each with itself and the active ones above it. */
  Map<Long, Set<Long>> enableable(Set<Long> excluded) {
    Map<Long, Set<Long>> all = new HashMap<>();
    for (Label label : byId.values()) {
      if (label.active() && !isBelow(label.id(), excluded)) {
        Set<Long> with = new HashSet<>(ancestors(label.id()));
        with.add(label.id());
        with.removeIf(id -> !find(id).map(Label::active).orElse(false));
        all.put(label.id(), Set.copyOf(with));
      }
    }
    return all;
  }

  /** Those of the chosen labels that name a task, as an entry's mapping takes them. */
  List<Long> leaves(Collection<Long> chosen, Set<Long> excluded) {
    Set<Long> above = new HashSet<>();
    chosen.forEach(id -> above.addAll(ancestors(id)));
    return chosen.stream()
        .filter(id -> !above.contains(id) && !isBelow(id, excluded))
        .distinct()
        .toList();
  }

  private boolean isBelow(long id, Set<Long> excluded) {
    return excluded.contains(id) || ancestors(id).stream().anyMatch(excluded::contains);
  }

  private Set<Long> ancestors(long id) {
    Set<Long> above = new HashSet<>();
    Label label = byId.get(id);
    while (label != null && label.parentId() != 0 && above.add(label.parentId())) {
      label = byId.get(label.parentId());
    }
    return above;
  }
}
