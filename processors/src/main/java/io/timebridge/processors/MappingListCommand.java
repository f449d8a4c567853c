package io.timebridge.processors;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.mapping.LabelTree;
import io.timebridge.mapping.Mapping;
import io.timebridge.process.Foreground;
import java.time.Instant;
import java.util.Collection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;

/** {@code mapping list}. */
@Command(
    name = "list",
    description = {
      "Lists the mappings by label id; the labels' names are FirstService's, if it can be asked.",
      "Exit codes: 0 listed, 1 failed, 2 unusable options or settings."
    })
final class MappingListCommand extends MappingAction {
  @Option(names = "--json", description = "As one JSON array.")
  private boolean json;

  @Override
  int run(Tools tools) throws StoreTrouble, InterruptedException {
    Collection<Mapping> mappings = table(tools).all().values();
    LabelTree labels =
        labelsIfReachable(tools, "labels are shown by id alone, FirstService could not be asked");
    if (json) {
      out().println(json(mappings, labels).toPrettyString());
    } else if (mappings.isEmpty()) {
      say("no label is mapped; `./timebridge mapping check` suggests mappings");
    } else {
      print(mappings, labels);
    }
    return Foreground.OK;
  }

  private void print(Collection<Mapping> mappings, LabelTree labels) {
    String format = "%-12s %-40s %-32s %-20s %s%n";
    out().printf(format, "LABEL", "NAME", "TASK", "SINCE", "SOURCE");
    for (Mapping mapping : mappings) {
      out()
          .printf(
              format,
              mapping.labelId(),
              Shown.line(labels.path(mapping.labelId())),
              task(mapping.task()),
              Shown.time(mapping.at().orElse(Instant.EPOCH)),
              Shown.line(mapping.source()));
    }
  }

  private static ArrayNode json(Collection<Mapping> mappings, LabelTree labels) {
    ArrayNode array = JSON.createArrayNode();
    for (Mapping mapping : mappings) {
      String path = labels.path(mapping.labelId());
      put(
              array
                  .addObject()
                  .put("labelId", mapping.labelId())
                  .put("label", path.isEmpty() ? null : path),
              mapping.task())
          .put("source", mapping.source())
          .put("at", mapping.at().map(Instant::toString).orElse(null));
    }
    return array;
  }
}
