package io.timebridge.bench;

import io.timebridge.bench.backlog.BacklogCommand;
import io.timebridge.bench.parking.ParkingCommand;
import io.timebridge.bench.takeover.TakeoverCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./timebridge bench}. Exit codes: 0 done, 1 failed, 2 unusable options. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    version = "timebridge 0.1.0-SNAPSHOT",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Measures, and proves.",
      "Exit codes: 0 done, 1 failed, 2 unusable options; each command's help says what it calls failed."
    },
    subcommands = {
      LanesCommand.class,
      TakeoverCommand.class,
      BacklogCommand.class,
      ParkingCommand.class
    })
public final class Bench {
  private static final Logger LOG = LoggerFactory.getLogger(Bench.class);

  private Bench() {}

  /**
   * @param args as typed, {@code bench} first
   */
  public static void main(String[] args) {
    System.exit(
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args));
  }

  /** Runs one command line in this process, for tests too. */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    // Under its own root, so that help and errors name the command as it is typed.
    CommandLine bench = new CommandLine(new Bench());
    CommandLine line = new CommandLine(new Root()).addSubcommand(bench).setOut(out).setErr(err);
    line.setExecutionExceptionHandler((failure, failed, parsed) -> {
      err.println("timebridge bench " + failed.getCommandName() + ": " + failure.getMessage());
      LOG.debug("failed", failure);
      return 1;
    });
    if (args.length == 1) {
      bench.usage(out);
      return 0;
    }
    return line.execute(args);
  }

  @Command(name = "timebridge")
  private static final class Root {}
}
