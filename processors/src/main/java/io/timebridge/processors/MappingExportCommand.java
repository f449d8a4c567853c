package io.timebridge.processors;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.mapping.LabelTree;
import io.timebridge.mapping.Mapping;
import io.timebridge.mapping.MappingFile;
import io.timebridge.process.Foreground;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mapping export}. */
@Command(
    name = "export",
    description = {
      "Writes the mappings as the CSV file that `mapping import` reads, to the character.",
      "Names are written as they are: a spreadsheet may take one that begins with = + - or @ for a formula. Open the file there as text.",
      "Exit codes: 0 written, 1 FILE exists already, or failed, 2 unusable options or settings."
    })
final class MappingExportCommand extends MappingAction {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "A file that does not exist yet (default: standard output).")
  private @Nullable Path file;

  @Option(names = "--force", description = "Over a file that exists.")
  private boolean force;

  @Option(names = "--json", description = "With FILE: what was done, as one JSON object.")
  private boolean json;

  @Override
  void check() {
    if (json && file == null) {
      throw new Unusable("--json needs FILE; `./timebridge mapping list --json` prints mappings");
    }
  }

  @Override
  int run(Tools tools) throws StoreTrouble, InterruptedException {
    Collection<Mapping> mappings = table(tools).all().values();
    LabelTree labels =
        labelsIfReachable(tools, "labels are written by id alone, FirstService could not be asked");
    String text = MappingFile.write(mappings, labels);
    Path to = file;
    if (to == null) {
      out().print(text);
      return Foreground.OK;
    }
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (force) {
        Files.write(to, bytes);
      } else {
        Files.write(to, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      }
    } catch (FileAlreadyExistsException there) {
      say("FILE " + to + ": exists already; --force writes over it");
      return Foreground.FAILED;
    } catch (IOException notWritten) {
      say("FILE " + to + ": cannot be written: " + notWritten);
      return Foreground.FAILED;
    }
    if (json) {
      out()
          .println(
              JSON.createObjectNode()
                  .put("file", to.toString())
                  .put("mappings", mappings.size())
                  .toPrettyString());
    } else {
      out().printf("%d mappings written to %s%n", mappings.size(), to);
    }
    return Foreground.OK;
  }
}
