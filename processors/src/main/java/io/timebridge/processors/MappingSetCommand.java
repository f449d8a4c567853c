package io.timebridge.processors;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.mapping.LabelTree;
import io.timebridge.mapping.Mapping;
import io.timebridge.mapping.MappingTable;
import io.timebridge.process.Foreground;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code mapping set}. */
@Command(
    name = "set",
    description = {
      "Maps a label to a task, over whatever it was mapped to.",
      "A task by name is looked for in each job, without regard to case and surrounding blanks; one by id is that task alone.",
      "Exit codes: 0 mapped, 1 no such label, or failed, 2 unusable options or settings."
    })
final class MappingSetCommand extends MappingAction {
  @Parameters(
      index = "0",
      paramLabel = "LABEL",
      description = "Id (digits alone are always an id), or name, or path as in \"Work / Design\".")
  private String label = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TASK",
      description = "Name of the task, whatever it looks like.")
  private @Nullable String task;

  @Option(names = "--task-id", paramLabel = "ID", description = "Instead of TASK: its id.")
  private @Nullable String taskId;

  @Option(
      names = "--unchecked",
      description = "Also for a label id that FirstService does not list.")
  private boolean unchecked;

  @Option(names = "--json", description = "What was done, as one JSON object.")
  private boolean json;

  @Override
  void check() {
    if ((task == null) == (taskId == null)) {
      throw new Unusable("give one of TASK, a name, and --task-id ID");
    }
    if (task != null && task.isBlank()) {
      throw new Unusable("TASK is blank: must be a task's name");
    }
    if (task != null && task.length() > Mapping.LONGEST_NAME) {
      throw new Unusable(
          "TASK has %d characters: must be at most %d"
              .formatted(task.length(), Mapping.LONGEST_NAME));
    }
    if (taskId != null && !taskId.matches(ID)) {
      throw new Unusable("--task-id " + quoted(taskId) + ": must be a task's id, digits alone");
    }
  }

  private TaskRef wanted() {
    return task != null
        ? new TaskRef.ByName(task)
        : new TaskRef.ById(Long.parseLong(String.valueOf(taskId)));
  }

  @Override
  int run(Tools tools) throws StoreTrouble, ServiceTrouble, InterruptedException {
    Optional<Long> found = labelId(label, tools);
    if (found.isEmpty()) {
      return Foreground.FAILED;
    }
    long id = found.get();
    LabelTree labels =
        labelsIfReachable(
            tools, "whether the label exists was not checked, FirstService could not be asked");
    if (!unchecked && !labels.isEmpty() && labels.find(id).isEmpty()) {
      say(
          "LABEL %d: FirstService lists no such label; --unchecked maps it all the same"
              .formatted(id));
      return Foreground.FAILED;
    }
    MappingTable table = table(tools);
    Optional<TaskRef> before = table.find(id).map(Mapping::task);
    boolean changed = !before.equals(Optional.of(wanted()));
    if (changed) {
      table.set(id, wanted(), "set by " + who());
    }
    report(id, labels, before, changed);
    return Foreground.OK;
  }

  private void report(long id, LabelTree labels, Optional<TaskRef> before, boolean changed) {
    if (json) {
      String path = labels.path(id);
      ObjectNode node =
          JSON.createObjectNode().put("labelId", id).put("label", path.isEmpty() ? null : path);
      put(node, wanted()).put("changed", changed);
      before.ifPresent(task -> put(node.putObject("before"), task));
      out().println(node.toPrettyString());
      return;
    }
    String what = "label %s is mapped to %s".formatted(label(id, labels), task(wanted()));
    if (!changed) {
      out().println(what + " already: nothing was changed");
    } else {
      out()
          .println(
              what + before.map(task -> ", before to " + task(task)).orElse("") + "; " + WAKES);
    }
  }
}
