package io.timebridge.processors;

import io.timebridge.process.Foreground;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dlq}: what waits and what is dead, and what to do with it. */
@Command(
    name = "dlq",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "What waits because it could not be applied: lists and shows it, lets it be tried again in its order, or gives it up.",
      "Exit codes: 0 done, 1 failed or nothing such, 2 unusable options or settings."
    },
    subcommands = {DlqList.class, DlqShow.class, DlqRedrive.class, DlqDiscard.class})
public final class DlqCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  /** Says how it is used. */
  @Override
  public Integer call() {
    var line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    line.usage(line.getErr());
    return Foreground.BAD_SETTINGS;
  }
}
