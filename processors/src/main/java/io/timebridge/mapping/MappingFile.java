package io.timebridge.mapping;

import io.timebridge.services.first.FirstService.Label;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Mappings as a CSV file (RFC 4180, UTF-8) with a header: {@code label_id,label,task,task_id}.
 * {@code label} is the name or path of the label and counts only where {@code label_id} is empty;
 * each row has either {@code task}, a name, or {@code task_id}. What {@link #write} writes, {@link
 * #read} reads as the same mappings, to the character.
 */
public final class MappingFile {
  /** Largest file that is read, in bytes: 4 MiB. */
  public static final int MOST_BYTES = 4 * 1024 * 1024;

  /** Most rows that are read. */
  public static final int MOST_ROWS = 50_000;

  private static final int MOST_PROBLEMS = 200;
  private static final List<String> COLUMNS = List.of("label_id", "label", "task", "task_id");
  private static final Set<String> KNOWN = Set.copyOf(COLUMNS);

  private MappingFile() {}

  /**
   * A row whose label may still be a name.
   *
   * @param labelId 0 = not given
   */
  public record Row(int line, long labelId, String label, TaskRef task) {}

  /** What a file holds. There are rows to be used only where there is no problem. */
  public record Content(List<Row> rows, List<String> problems) {
    public Content {
      rows = List.copyOf(rows);
      problems = List.copyOf(problems);
    }
  }

  /** What labels the rows are about. */
  public record Resolved(List<Mapping> mappings, List<String> problems) {
    public Resolved {
      mappings = List.copyOf(mappings);
      problems = List.copyOf(problems);
    }
  }

  /** The file's text. {@code labels}: where the paths come from; an empty tree leaves them out. */
  public static String write(Collection<Mapping> mappings, LabelTree labels) {
    StringBuilder text = new StringBuilder(Csv.line(COLUMNS));
    for (Mapping mapping : mappings) {
      String path = labels.path(mapping.labelId());
      String label = Long.toString(mapping.labelId());
      text.append(
          Csv.line(
              switch (mapping.task()) {
                case TaskRef.ByName(String name) -> List.of(label, path, name, "");
                case TaskRef.ById(long id) -> List.of(label, path, "", Long.toString(id));
              }));
    }
    return text.toString();
  }

  /** Reads a file; every problem with its line. */
  public static Content read(byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      return broken("larger than " + MOST_BYTES + " bytes");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notUtf8) {
      return broken("not UTF-8; save it as \"CSV UTF-8\"");
    }
    List<Csv.Line> lines;
    try {
      lines = Csv.read(text.startsWith("\ufeff") ? text.substring(1) : text);
    } catch (Csv.Broken broken) {
      return broken("line " + broken.line + ": " + broken.getMessage());
    }
    if (lines.isEmpty()) {
      return broken("line 1: no header; it is " + String.join(",", COLUMNS));
    }
    return rows(lines);
  }

  private static Content broken(String problem) {
    return new Content(List.of(), List.of(problem));
  }

  private static Content rows(List<Csv.Line> lines) {
    List<String> header =
        lines.getFirst().fields().stream().map(f -> f.strip().toLowerCase(Locale.ROOT)).toList();
    Optional<String> bad = badHeader(header);
    if (bad.isPresent()) {
      return broken("line " + lines.getFirst().line() + ": " + bad.get());
    }
    if (lines.size() - 1 > MOST_ROWS) {
      return broken("more than " + MOST_ROWS + " rows");
    }
    List<Row> rows = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Csv.Line line : lines.subList(1, lines.size())) {
      int before = problems.size();
      Map<String, String> fields = fields(header, line, problems);
      Optional<Row> row = problems.size() == before ? row(line.line(), fields, problems) : none();
      row.ifPresent(rows::add);
    }
    return new Content(rows, cut(problems));
  }

  private static Optional<Row> none() {
    return Optional.empty();
  }

  private static Optional<String> badHeader(List<String> header) {
    if (header.size() == 1 && header.getFirst().contains(";")) {
      return Optional.of("separated by semicolons; save it separated by commas");
    }
    List<String> unknown = header.stream().filter(name -> !KNOWN.contains(name)).toList();
    if (!unknown.isEmpty()) {
      return Optional.of(
          "no such column: %s; the columns are %s"
              .formatted(shown(unknown.getFirst()), String.join(",", COLUMNS)));
    }
    if (header.stream().distinct().count() < header.size()) {
      return Optional.of("a column stands twice in the header");
    }
    boolean whole =
        (header.contains("label_id") || header.contains("label"))
            && (header.contains("task") || header.contains("task_id"));
    return whole
        ? Optional.empty()
        : Optional.of("the header needs label_id or label, and task or task_id");
  }

  private static Map<String, String> fields(
      List<String> header, Csv.Line line, List<String> problems) {
    Map<String, String> fields = new HashMap<>();
    if (line.fields().size() != header.size()) {
      problems.add(
          "line %d: %d fields where the header has %d"
              .formatted(line.line(), line.fields().size(), header.size()));
      return fields;
    }
    for (int i = 0; i < header.size(); i++) {
      fields.put(header.get(i), line.fields().get(i));
    }
    return fields;
  }

  private static Optional<Row> row(int line, Map<String, String> fields, List<String> problems) {
    String where = "line " + line + ": ";
    int before = problems.size();
    String labelId = fields.getOrDefault("label_id", "").strip();
    String label = fields.getOrDefault("label", "");
    String task = fields.getOrDefault("task", "");
    String taskId = fields.getOrDefault("task_id", "").strip();
    if (!labelId.isEmpty() && !isId(labelId)) {
      problems.add(where + "label_id = " + shown(labelId) + ": must be a label's id, digits alone");
    }
    if (labelId.isEmpty() && label.isBlank()) {
      problems.add(where + "neither label_id nor label");
    }
    if (!taskId.isEmpty() && !isId(taskId)) {
      problems.add(where + "task_id = " + shown(taskId) + ": must be a task's id, digits alone");
    }
    if (task.isBlank() == taskId.isEmpty()) {
      problems.add(
          where + (taskId.isEmpty() ? "neither task nor task_id" : "both task and task_id"));
    }
    if (task.length() > Mapping.LONGEST_NAME) {
      problems.add(where + "task is longer than " + Mapping.LONGEST_NAME + " characters");
    }
    if (problems.size() > before) {
      return Optional.empty();
    }
    TaskRef ref =
        taskId.isEmpty() ? new TaskRef.ByName(task) : new TaskRef.ById(Long.parseLong(taskId));
    return Optional.of(new Row(line, labelId.isEmpty() ? 0 : Long.parseLong(labelId), label, ref));
  }

  static boolean isId(String text) {
    return text.matches("[1-9][0-9]{0,17}");
  }

  /**
   * Finds the labels that are given by name, and labels that stand twice.
   *
   * @param source of the mappings
   */
  public static Resolved resolve(List<Row> rows, LabelTree labels, String source) {
    Map<Long, Mapping> mappings = new LinkedHashMap<>();
    Map<Long, Integer> lines = new HashMap<>();
    List<String> problems = new ArrayList<>();
    for (Row row : rows) {
      long id = row.labelId() > 0 ? row.labelId() : byName(row, labels, problems);
      if (id > 0) {
        Integer first = lines.putIfAbsent(id, row.line());
        if (first != null) {
          problems.add("line %d: label %d stands in line %d too".formatted(row.line(), id, first));
        }
        mappings.putIfAbsent(id, new Mapping(id, row.task(), source, Optional.empty()));
      }
    }
    return new Resolved(List.copyOf(mappings.values()), cut(problems));
  }

  private static long byName(Row row, LabelTree labels, List<String> problems) {
    String where = "line " + row.line() + ": label = " + shown(row.label()) + ": ";
    return switch (labels.named(row.label())) {
      case LabelTree.Found.One(Label label) -> label.id();
      case LabelTree.Found.None() -> {
        problems.add(where + "FirstService has no such label");
        yield 0;
      }
      case LabelTree.Found.Several(List<String> paths) -> {
        problems.add(where + "several are called so, give label_id: " + String.join(", ", paths));
        yield 0;
      }
    };
  }

  private static List<String> cut(List<String> problems) {
    if (problems.size() <= MOST_PROBLEMS) {
      return problems;
    }
    List<String> some = new ArrayList<>(problems.subList(0, MOST_PROBLEMS));
    some.add((problems.size() - MOST_PROBLEMS) + " more problems");
    return some;
  }

  private static String shown(String text) {
    return '"' + (text.length() > 80 ? text.substring(0, 80) + "..." : text) + '"';
  }
}
