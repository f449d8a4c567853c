package io.timebridge.mapping;

import io.timebridge.mapping.Finding.Kind;
import io.timebridge.mapping.Finding.Suggestion;
import io.timebridge.services.first.FirstService.Label;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What of a {@link Picture} a person should look at. A pure function of it. */
final class Judge {
  private final Picture picture;
  private final Suggestions suggestions;
  private final Map<String, List<Label>> alike = new LinkedHashMap<>();

  private Judge(Picture picture) {
    this.picture = picture;
    this.suggestions = new Suggestions(picture.tasks());
    for (Label label : leaves()) {
      if (!label.name().isBlank()) {
        alike.computeIfAbsent(Likeness.normal(label.name()), n -> new ArrayList<>()).add(label);
      }
    }
    alike.values().forEach(group -> group.sort(mostUsedFirst()));
  }

  /** In this order: labels without a task, those most used first; doubles; dead mappings. */
  static List<Finding> of(Picture picture) {
    Judge judge = new Judge(picture);
    List<Finding> findings = new ArrayList<>();
    findings.addAll(judge.unmapped());
    findings.addAll(judge.nearDuplicates());
    findings.addAll(judge.deadMappings());
    return List.copyOf(findings);
  }

  private Comparator<Label> mostUsedFirst() {
    return Comparator.<Label>comparingLong(label -> -picture.uses(label.id()))
        .thenComparingLong(Label::id);
  }

  /** Active leaves, and whatever else names the task of an entry. */
  private List<Label> leaves() {
    Map<Long, Label> leaves = new TreeMap<>();
    picture.labels().activeLeaves(picture.excluded()).forEach(l -> leaves.put(l.id(), l));
    picture
        .uses()
        .keySet()
        .forEach(id ->
            leaves.putIfAbsent(
                id, picture.labels().find(id).orElseGet(() -> new Label(id, "", 0, false))));
    return List.copyOf(leaves.values());
  }

  private List<Finding> unmapped() {
    return leaves().stream()
        .filter(label -> !picture.mappings().containsKey(label.id()))
        .sorted(mostUsedFirst())
        .map(label -> {
          long uses = picture.uses(label.id());
          String detail =
              uses == 0
                  ? "no task is mapped"
                  : "no task is mapped, and %d entries name it".formatted(uses);
          return finding(Kind.UNMAPPED_LABEL, label, detail, suggestion(label));
        })
        .toList();
  }

  private Optional<Suggestion> suggestion(Label label) {
    if (label.name().isBlank()) {
      return Optional.empty();
    }
    Optional<Suggestion> byTask = suggestions.of(label.id(), label.name());
    if (byTask.filter(Suggestion::sure).isPresent()) {
      return byTask;
    }
    return taskOfTwin(label)
        .map(task ->
            new Suggestion(label.id(), task, false, "what a label of nearly the same name has"))
        .or(() -> byTask);
  }

  /** What all mapped labels of nearly the same name are mapped to, if that is one task. */
  private Optional<TaskRef> taskOfTwin(Label label) {
    List<TaskRef> tasks =
        alike.getOrDefault(Likeness.normal(label.name()), List.of()).stream()
            .flatMap(twin -> task(twin.id()).stream())
            .toList();
    boolean one = !tasks.isEmpty() && tasks.stream().allMatch(t -> isSame(t, tasks.getFirst()));
    return one ? Optional.of(tasks.getFirst()) : Optional.empty();
  }

  private Optional<TaskRef> task(long labelId) {
    return Optional.ofNullable(picture.mappings().get(labelId)).map(Mapping::task);
  }

  private static boolean isSame(TaskRef a, TaskRef b) {
    if (a instanceof TaskRef.ByName(String one) && b instanceof TaskRef.ByName(String other)) {
      return Likeness.folded(one).equals(Likeness.folded(other));
    }
    return a.equals(b);
  }

  private List<Finding> nearDuplicates() {
    List<Finding> findings = new ArrayList<>();
    for (List<Label> group : alike.values()) {
      Label kept = group.getFirst();
      group.stream()
          .skip(1)
          .filter(label -> isDouble(kept, label))
          .forEach(label -> findings.add(duplicate(kept, label, "is nearly the name of")));
    }
    findings.addAll(slips());
    return findings;
  }

  /** The same name below two parents is how trees are; the same name twice below one is not. */
  private boolean isDouble(Label kept, Label label) {
    boolean spelledAlike = kept.name().equals(label.name());
    return (!spelledAlike || kept.parentId() == label.parentId())
        && !(task(kept.id()).isPresent()
            && task(label.id()).isPresent()
            && isSame(task(kept.id()).get(), task(label.id()).get()));
  }

  /** Names one slip apart count only while one of the two has no task: somebody has looked else. */
  private List<Finding> slips() {
    Map<String, Set<String>> byPiece = new HashMap<>();
    List<Finding> findings = new ArrayList<>();
    Set<Set<String>> seen = new HashSet<>();
    for (String normal : alike.keySet()) {
      Set<String> pieces = Suggestions.pieces(normal);
      Stream<String> near =
          pieces.stream()
              .flatMap(piece -> byPiece.getOrDefault(piece, Set.of()).stream())
              .filter(other -> Likeness.isSlip(other, normal))
              .sorted();
      near.forEach(other -> {
        if (seen.add(Set.of(normal, other))) {
          slip(representative(other), representative(normal)).ifPresent(findings::add);
        }
      });
      pieces.forEach(piece -> byPiece.computeIfAbsent(piece, p -> new HashSet<>()).add(normal));
    }
    return findings;
  }

  private Label representative(String normal) {
    return alike.getOrDefault(normal, List.of()).getFirst();
  }

  private Optional<Finding> slip(Label a, Label b) {
    Label kept = mostUsedFirst().compare(a, b) <= 0 ? a : b;
    Label label = kept.equals(a) ? b : a;
    return task(a.id()).isPresent() && task(b.id()).isPresent()
        ? Optional.empty()
        : Optional.of(duplicate(kept, label, "is one slip away from"));
  }

  private Finding duplicate(Label kept, Label label, String how) {
    String detail =
        "%s label %d, %s%s"
            .formatted(
                how,
                kept.id(),
                picture.labels().path(kept.id()),
                task(kept.id()).map(t -> ", mapped to " + Mapping.text(t)).orElse(", unmapped"));
    Optional<Suggestion> suggestion =
        task(kept.id())
            .map(t -> new Suggestion(label.id(), t, false, "what the other label has"))
            .or(() ->
                task(label.id())
                    .map(t -> new Suggestion(kept.id(), t, false, "what the other label has")));
    return finding(Kind.NEAR_DUPLICATE, label, detail, suggestion);
  }

  private List<Finding> deadMappings() {
    List<Finding> findings = new ArrayList<>();
    for (Mapping mapping : picture.mappings().values()) {
      Label label =
          picture
              .labels()
              .find(mapping.labelId())
              .orElseGet(() -> new Label(mapping.labelId(), "", 0, false));
      if (picture.labels().find(mapping.labelId()).isEmpty()) {
        findings.add(
            finding(Kind.UNKNOWN_LABEL, label, "FirstService has no such label", Optional.empty()));
      } else if (isUnknown(mapping.task())) {
        findings.add(
            finding(
                Kind.UNKNOWN_TASK,
                label,
                "no open job has task " + Mapping.text(mapping.task()),
                replacement(label, mapping.task())));
      }
    }
    return findings;
  }

  private boolean isUnknown(TaskRef task) {
    return picture.tasks().complete()
        && switch (task) {
          case TaskRef.ByName(String name) ->
              !picture.tasks().byName().containsKey(Likeness.folded(name));
          case TaskRef.ById(long id) -> !picture.tasks().ids().contains(id);
        };
  }

  private Optional<Suggestion> replacement(Label label, TaskRef task) {
    Optional<Suggestion> byName =
        task instanceof TaskRef.ByName(String name)
            ? suggestions.of(label.id(), name)
            : Optional.empty();
    return byName.or(() -> suggestions.of(label.id(), label.name()));
  }

  private Finding finding(Kind kind, Label label, String detail, Optional<Suggestion> suggestion) {
    return new Finding(
        kind,
        label.id(),
        picture.labels().path(label.id()),
        picture.uses(label.id()),
        task(label.id()),
        detail,
        suggestion);
  }
}
