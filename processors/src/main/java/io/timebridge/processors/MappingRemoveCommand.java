package io.timebridge.processors;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.mapping.Mapping;
import io.timebridge.mapping.MappingTable;
import io.timebridge.process.Foreground;
import io.timebridge.services.ServiceTrouble;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mapping remove}. */
@Command(
    name = "remove",
    description = {
      "Removes the mapping of a label. What is booked stays booked; a later entry with the label waits until it is mapped again.",
      "Exit codes: 0 removed, 1 no such label, not mapped, or failed, 2 unusable options or settings."
    })
final class MappingRemoveCommand extends MappingAction {
  @Parameters(
      index = "0",
      paramLabel = "LABEL",
      description = "Id (digits alone are always an id), or name, or path.")
  private String label = "";

  @Option(names = "--json", description = "What was done, as one JSON object.")
  private boolean json;

  @Override
  int run(Tools tools) throws StoreTrouble, ServiceTrouble, InterruptedException {
    Optional<Long> id = labelId(label, tools);
    if (id.isEmpty()) {
      return Foreground.FAILED;
    }
    MappingTable table = table(tools);
    Optional<Mapping> before = table.find(id.get());
    if (before.isEmpty()) {
      say("LABEL %d is not mapped; `./timebridge mapping list` shows what is".formatted(id.get()));
      return Foreground.FAILED;
    }
    table.remove(id.get());
    if (json) {
      var node = JSON.createObjectNode().put("labelId", id.get());
      put(node.putObject("before"), before.get().task());
      out().println(node.toPrettyString());
    } else {
      out()
          .printf(
              "label %d is no longer mapped, before to %s; running workers see it within a minute%n",
              id.get(), task(before.get().task()));
    }
    return Foreground.OK;
  }
}
