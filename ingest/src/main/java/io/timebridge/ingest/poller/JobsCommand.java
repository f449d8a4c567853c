package io.timebridge.ingest.poller;

import io.timebridge.process.Foreground;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jobs}: what a person has to say about SecondService's jobs. */
@Command(
    name = "jobs",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Jobs of SecondService that are no longer listed: shows them, and lets a person confirm that they are closed.",
      "Exit codes: 0 done, 1 failed or refused, 2 unusable options or settings."
    },
    subcommands = ConfirmClosuresCommand.class)
public final class JobsCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  /** Says how it is used. */
  @Override
  public Integer call() {
    var line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    line.usage(line.getErr());
    return Foreground.BAD_SETTINGS;
  }
}
