package io.timebridge.processors;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.mapping.LabelTree;
import io.timebridge.mapping.Mapping;
import io.timebridge.mapping.MappingTable;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService.Label;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ObjectNode;

/** What the commands below {@code mapping} have in common. */
@Command
abstract class MappingAction extends Admin {
  /** True as far as it goes: a key whose other causes remain is parked again. */
  static final String WAKES = "keys parked for it are tried again within a minute";

  static final String ID = "[1-9][0-9]{0,17}";

  static MappingTable table(Tools tools) {
    return new MappingTable(tools.dynamoDb, tools.settings.names(), tools.clock);
  }

  /** FirstService's labels; none, with a word about it, when it cannot be asked. */
  final LabelTree labelsIfReachable(Tools tools, String instead) throws InterruptedException {
    try {
      return LabelTree.of(tools.first().service());
    } catch (ServiceTrouble trouble) {
      say("%s: %s".formatted(instead, trouble.getMessage()));
      return new LabelTree(List.of());
    }
  }

  /** The id of a label given by id, name or path; empty after a word about why not. */
  final Optional<Long> labelId(String given, Tools tools)
      throws ServiceTrouble, InterruptedException {
    if (given.matches(ID)) {
      return Optional.of(Long.valueOf(given));
    }
    return switch (LabelTree.of(tools.first().service()).named(given)) {
      case LabelTree.Found.One(Label label) -> Optional.of(label.id());
      case LabelTree.Found.None() -> {
        say(
            "LABEL %s: FirstService has no label of that name or path; give its id"
                .formatted(quoted(given)));
        yield Optional.empty();
      }
      case LabelTree.Found.Several(List<String> paths) -> {
        say(
            "LABEL %s: several are called so, give one's id: %s"
                .formatted(quoted(given), Shown.line(String.join(", ", paths))));
        yield Optional.empty();
      }
    };
  }

  static String quoted(String text) {
    return '"' + Shown.line(text) + '"';
  }

  /** {@code 2002 (Work / Design)}. */
  static String label(long id, LabelTree labels) {
    String path = labels.path(id);
    return path.isEmpty() ? Long.toString(id) : "%d (%s)".formatted(id, Shown.line(path));
  }

  static String task(TaskRef task) {
    return Shown.line(Mapping.text(task));
  }

  /** Adds {@code task} or {@code taskId}. */
  static ObjectNode put(ObjectNode node, TaskRef task) {
    return switch (task) {
      case TaskRef.ByName(String name) -> node.put("task", name);
      case TaskRef.ById(long id) -> node.put("taskId", id);
    };
  }

  @Override
  abstract int run(Tools tools) throws StoreTrouble, ServiceTrouble, InterruptedException;
}
