package io.timebridge.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.mapping.Finding.Kind;
import io.timebridge.mapping.Finding.Suggestion;
import io.timebridge.services.first.FirstService.Label;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JudgeTest {
  private final List<Label> labels = new ArrayList<>();
  private final TreeMap<Long, Mapping> mappings = new TreeMap<>();
  private final Map<Long, Long> uses = new HashMap<>();
  private final Map<String, String> tasks = new HashMap<>();
  private final Set<Long> taskIds = new HashSet<>();
  private boolean complete = true;

  private void label(long id, String name, long parent) {
    labels.add(new Label(id, name, parent, true));
  }

  private void map(long label, String task) {
    mappings.put(label, new Mapping(label, new TaskRef.ByName(task), "s", Optional.empty()));
  }

  private void tasks(String... names) {
    for (String name : names) {
      tasks.put(Likeness.folded(name), name);
      taskIds.add(taskIds.size() + 1L);
    }
  }

  private List<Finding> judge(Long... excluded) {
    return Judge.of(
        new Picture(
            new LabelTree(labels),
            mappings,
            uses,
            new Picture.Tasks(tasks, taskIds, complete),
            Set.of(excluded)));
  }

  private static Optional<String> suggested(Finding finding) {
    return finding
        .suggestion()
        .map(s -> (s.sure() ? "" : "? ") + s.labelId() + " " + Mapping.text(s.task()));
  }

  @Test
  void finds_nothing_where_every_leaf_has_a_task() {
    label(1, "Work", 0);
    label(2, "Design", 1);
    map(2, "design ");
    tasks("Design");
    assertThat(judge()).isEmpty();
  }

  @Test
  void names_unmapped_leaves_those_in_use_first() {
    label(1, "Work", 0);
    label(2, "Alpha", 1);
    label(3, "Beta", 1);
    label(4, "Gamma", 1);
    labels.add(new Label(5, "Old", 1, false));
    label(6, "Excluded", 0);
    label(7, "Below", 6);
    uses.put(4L, 2L);
    uses.put(3L, 9L);
    uses.put(99L, 1L);
    assertThat(judge(6L))
        .extracting(Finding::kind, Finding::labelId, Finding::uses)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(Kind.UNMAPPED_LABEL, 3L, 9L),
            org.assertj.core.groups.Tuple.tuple(Kind.UNMAPPED_LABEL, 4L, 2L),
            org.assertj.core.groups.Tuple.tuple(Kind.UNMAPPED_LABEL, 99L, 1L),
            org.assertj.core.groups.Tuple.tuple(Kind.UNMAPPED_LABEL, 2L, 0L));
  }

  @Test
  void suggests_a_task_by_name_and_never_between_two() {
    label(1, "team meeting", 0);
    label(2, "Print-Work", 0);
    label(3, "Photgraphy", 0);
    label(4, "Nothing like it", 0);
    label(5, "A b c d e", 0);
    tasks("Team Meeting", "Printwork", "Photography", "Ab cde", "Abc de");
    assertThat(judge())
        .extracting(JudgeTest::suggested)
        .containsExactly(
            Optional.of("1 \"Team Meeting\""),
            Optional.of("2 \"Printwork\""),
            Optional.of("? 3 \"Photography\""),
            Optional.empty(),
            Optional.empty());
  }

  @Test
  void finds_labels_of_nearly_the_same_name_that_are_not_mapped_alike() {
    label(1, "Work", 0);
    label(2, "Team Meeting", 1);
    label(3, "TeamMeeting", 1);
    uses.put(3L, 5L);
    map(3, "Meeting");
    tasks("Meeting", "Other");
    List<Finding> findings = judge();
    assertThat(findings)
        .extracting(Finding::kind)
        .containsExactly(Kind.UNMAPPED_LABEL, Kind.NEAR_DUPLICATE);
    assertThat(findings)
        .extracting(JudgeTest::suggested)
        .containsOnly(Optional.of("? 2 \"Meeting\""));
    map(2, "Other");
    assertThat(judge()).extracting(Finding::kind).containsExactly(Kind.NEAR_DUPLICATE);
    map(2, "MEETING");
    assertThat(judge()).isEmpty();
  }

  @Test
  void the_same_name_below_two_parents_is_no_double_below_one_it_is() {
    label(1, "Acme", 0);
    label(2, "Umbrella", 0);
    label(3, "Travel", 1);
    label(4, "Travel", 2);
    map(3, "A");
    map(4, "B");
    tasks("A", "B");
    assertThat(judge()).isEmpty();
    label(5, "Travel", 1);
    map(5, "B");
    assertThat(judge()).extracting(Finding::kind).containsExactly(Kind.NEAR_DUPLICATE);
  }

  @Test
  void one_slip_counts_while_one_of_the_two_has_no_task() {
    label(1, "Drawing", 0);
    label(2, "Drawings", 0);
    map(1, "Paint");
    tasks("Paint", "Sculpt");
    assertThat(judge())
        .filteredOn(f -> f.kind() == Kind.NEAR_DUPLICATE)
        .extracting(JudgeTest::suggested)
        .containsExactly(Optional.of("? 2 \"Paint\""));
    map(2, "Sculpt");
    assertThat(judge()).isEmpty();
  }

  @Test
  void finds_mappings_to_tasks_that_no_open_job_has_unless_not_all_were_looked_at() {
    label(1, "Design", 0);
    label(2, "Build", 0);
    map(1, "Desing");
    mappings.put(2L, new Mapping(2, new TaskRef.ById(77), "s", Optional.empty()));
    tasks("Design", "Build");
    assertThat(judge())
        .extracting(Finding::kind)
        .containsExactly(Kind.UNKNOWN_TASK, Kind.UNKNOWN_TASK);
    assertThat(judge())
        .extracting(f -> f.suggestion().map(Suggestion::task))
        .containsExactly(
            Optional.of(new TaskRef.ByName("Design")), Optional.of(new TaskRef.ByName("Build")));
    taskIds.add(77L);
    map(1, "Design");
    assertThat(judge()).isEmpty();
    complete = false;
    map(1, "Nowhere");
    assertThat(judge()).isEmpty();
  }

  @Test
  void finds_mappings_of_labels_that_are_gone() {
    label(1, "Design", 0);
    map(1, "Design");
    map(9, "Design");
    tasks("Design");
    assertThat(judge())
        .extracting(Finding::kind, Finding::labelId)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(Kind.UNKNOWN_LABEL, 9L));
  }
}
