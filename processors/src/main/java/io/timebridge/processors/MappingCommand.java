package io.timebridge.processors;

import io.timebridge.process.Foreground;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mapping}: which label of FirstService stands for which task of SecondService. */
@Command(
    name = "mapping",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Which label of FirstService stands for which task of SecondService: lists, sets, removes, imports, exports and checks it.",
      "Exit codes: 0 done, 1 failed or findings, 2 unusable options or settings."
    },
    subcommands = {
      MappingListCommand.class,
      MappingSetCommand.class,
      MappingRemoveCommand.class,
      MappingImportCommand.class,
      MappingExportCommand.class,
      MappingCheckCommand.class
    })
public final class MappingCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  /** Says how it is used. */
  @Override
  public Integer call() {
    var line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    line.usage(line.getErr());
    return Foreground.BAD_SETTINGS;
  }
}
