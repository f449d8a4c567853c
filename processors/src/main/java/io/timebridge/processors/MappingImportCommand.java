package io.timebridge.processors;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.mapping.LabelTree;
import io.timebridge.mapping.Mapping;
import io.timebridge.mapping.MappingFile;
import io.timebridge.mapping.MappingTable;
import io.timebridge.process.Foreground;
import io.timebridge.services.ServiceTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code mapping import}. */
@Command(
    name = "import",
    description = {
      "Maps the labels of a CSV file (UTF-8, at most 4 MiB and 50,000 rows); those that it does not name stay as they are.",
      "Header: label_id,label,task,task_id. label (name or path) counts where label_id is empty; each row has task, a name, or task_id.",
      "Every problem is told with its line, and nothing is written while there is one. It can be repeated.",
      "Exit codes: 0 done, 1 FILE has problems, or failed, 2 unusable options or settings."
    })
final class MappingImportCommand extends MappingAction {
  @Parameters(index = "0", paramLabel = "FILE", description = "As `mapping export` writes it.")
  private Path file = Path.of("");

  @Option(names = "--dry-run", description = "Only says what would be changed.")
  private boolean dryRun;

  @Option(names = "--json", description = "What was done, as one JSON object.")
  private boolean json;

  private byte[] bytes = {};

  @Override
  void check() {
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MappingFile.MOST_BYTES + 1);
    } catch (NoSuchFileException missing) {
      throw new Unusable("FILE " + file + ": no such file");
    } catch (IOException unreadable) {
      throw new Unusable("FILE " + file + ": cannot be read: " + unreadable.getMessage());
    }
  }

  @Override
  int run(Tools tools) throws StoreTrouble, ServiceTrouble, InterruptedException {
    MappingFile.Content content = MappingFile.read(bytes);
    boolean named = content.rows().stream().anyMatch(row -> row.labelId() == 0);
    LabelTree labels = named ? LabelTree.of(tools.first().service()) : new LabelTree(List.of());
    MappingFile.Resolved resolved =
        MappingFile.resolve(content.rows(), labels, "imported by " + who());
    List<String> problems =
        java.util.stream.Stream.concat(content.problems().stream(), resolved.problems().stream())
            .toList();
    if (!problems.isEmpty()) {
      refuse(problems);
      return Foreground.FAILED;
    }
    MappingTable table = table(tools);
    Map<Long, Mapping> present = table.all();
    List<Mapping> changes = MappingTable.changes(present, resolved.mappings());
    if (!dryRun) {
      table.setAll(changes);
    }
    report(present, resolved.mappings().size(), changes);
    return Foreground.OK;
  }

  private void refuse(List<String> problems) {
    if (json) {
      ObjectNode node = JSON.createObjectNode().put("dryRun", dryRun).put("rows", 0);
      ArrayNode array = node.putArray("problems");
      problems.forEach(array::add);
      out().println(node.toPrettyString());
    }
    problems.forEach(problem -> say(file + ": " + Shown.line(problem)));
    say("nothing was imported");
  }

  private void report(Map<Long, Mapping> present, int rows, List<Mapping> changes) {
    long changed = changes.stream().filter(c -> present.containsKey(c.labelId())).count();
    long added = changes.size() - changed;
    if (json) {
      ObjectNode node =
          JSON.createObjectNode()
              .put("dryRun", dryRun)
              .put("rows", rows)
              .put("added", added)
              .put("changed", changed)
              .put("same", rows - changes.size());
      node.putArray("problems");
      out().println(node.toPrettyString());
      return;
    }
    out()
        .printf(
            "%s%d rows: %d labels newly mapped, %d mapped to another task, %d as they were%s%n",
            dryRun ? "would be (nothing was changed): " : "",
            rows,
            added,
            changed,
            rows - changes.size(),
            dryRun || changes.isEmpty() ? "" : "; " + WAKES.replace("for it", "for them"));
  }
}
