package io.timebridge.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.mapping.MappingFile.Content;
import io.timebridge.services.first.FirstService.Label;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappingFileTest {
  private static final LabelTree NONE = new LabelTree(List.of());
  private static final List<String> PIECES =
      List.of(
          "\"", "\"\"", ",", "\n", "\r", "\r\n", " ", "\t", "=1+1", "a", "Ünï", "🚀", ";", "'",
          "\ufeff");

  private static Content read(String text) {
    return MappingFile.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Mapping mapping(long label, TaskRef task) {
    return new Mapping(label, task, "s", Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void reads_what_it_wrote_to_the_character(long seed) {
    Random random = new Random(seed);
    List<Mapping> mappings = new ArrayList<>();
    List<Label> labels = new ArrayList<>();
    for (long id = 1; id <= 300; id++) {
      TaskRef task =
          random.nextInt(5) == 0
              ? new TaskRef.ById(1 + random.nextLong(Long.MAX_VALUE / 100))
              : new TaskRef.ByName("t" + name(random));
      mappings.add(mapping(id, task));
      labels.add(new Label(id, name(random), 0, true));
    }
    Content content =
        MappingFile.read(
            MappingFile.write(mappings, new LabelTree(labels)).getBytes(StandardCharsets.UTF_8));
    assertThat(content.problems()).as("seed %d", seed).isEmpty();
    assertThat(MappingFile.resolve(content.rows(), NONE, "s").mappings())
        .as("seed %d", seed)
        .isEqualTo(mappings);
  }

  private static String name(Random random) {
    StringBuilder name = new StringBuilder();
    for (int i = random.nextInt(6); i >= 0; i--) {
      name.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return name.toString();
  }

  @Test
  void tells_every_problem_with_the_line_it_begins_in() {
    Content content =
        read(
            "\ufefflabel_id,label,task,task_id\r\n"
                + "1,,Design,\r\n"
                + "x,,Design,\r\n"
                + "2,\"a\nb\",Design,7\n"
                + "3,,,\n"
                + ",,Design,\n"
                + "4,Design\n"
                + "5,,,12a\n"
                + "6,,"
                + "n".repeat(501)
                + ",\n");
    assertThat(content.problems())
        .satisfiesExactly(
            p -> assertThat(p).startsWith("line 3: label_id = \"x\""),
            p -> assertThat(p).isEqualTo("line 4: both task and task_id"),
            p -> assertThat(p).isEqualTo("line 6: neither task nor task_id"),
            p -> assertThat(p).isEqualTo("line 7: neither label_id nor label"),
            p -> assertThat(p).isEqualTo("line 8: 2 fields where the header has 4"),
            p -> assertThat(p).startsWith("line 9: task_id = \"12a\""),
            p -> assertThat(p).isEqualTo("line 10: task is longer than 500 characters"));
  }

  @Test
  void takes_columns_in_any_order_and_labels_by_name_or_path() {
    LabelTree labels =
        new LabelTree(
            List.of(
                new Label(1, "Work", 0, true),
                new Label(2, "Design", 1, true),
                new Label(3, "Home", 0, true),
                new Label(4, "Design", 3, true)));
    Content content = read("Task,Label\nA,work / design\nB, Home \nC,Design\nD,Nobody\n");
    MappingFile.Resolved resolved = MappingFile.resolve(content.rows(), labels, "s");
    assertThat(resolved.mappings())
        .containsExactly(mapping(2, new TaskRef.ByName("A")), mapping(3, new TaskRef.ByName("B")));
    assertThat(resolved.problems())
        .containsExactly(
            "line 4: label = \"Design\": several are called so, give label_id: 2 (Work / Design), 4 (Home / Design)",
            "line 5: label = \"Nobody\": FirstService has no such label");
  }

  @Test
  void a_label_stands_once() {
    Content content = read("label_id,task\n7,A\n8,B\n7,A\n");
    assertThat(MappingFile.resolve(content.rows(), NONE, "s").problems())
        .containsExactly("line 4: label 7 stands in line 2 too");
  }

  @Test
  void refuses_what_is_no_such_file_and_says_what_to_do() {
    assertThat(read("").problems())
        .containsExactly("line 1: no header; it is label_id,label,task,task_id");
    assertThat(read("label_id;task\n").problems().getFirst()).contains("separated by semicolons");
    assertThat(read("label_id,tsak\n").problems().getFirst()).contains("no such column: \"tsak\"");
    assertThat(read("label_id,label\n").problems().getFirst()).contains("task or task_id");
    assertThat(read("task,task,label\n").problems().getFirst()).contains("twice");
    assertThat(read("label_id,task\n1,\"a\n").problems())
        .containsExactly("line 2: a quote that is never closed");
    assertThat(read("label_id,task\n1,a\"b\n").problems().getFirst())
        .startsWith("line 2: a quote inside");
    assertThat(read("label_id,task\n1,\"a\"b\n").problems().getFirst())
        .startsWith("line 2: something behind");
    assertThat(MappingFile.read(new byte[] {'a', (byte) 0xe4}).problems().getFirst())
        .contains("UTF-8");
    assertThat(MappingFile.read(new byte[MappingFile.MOST_BYTES + 1]).problems().getFirst())
        .contains("larger than");
    assertThat(read("label_id,task\n" + "1,a\n".repeat(MappingFile.MOST_ROWS + 1)).problems())
        .containsExactly("more than 50000 rows");
  }
}
