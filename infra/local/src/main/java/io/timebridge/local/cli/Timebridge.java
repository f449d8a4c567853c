package io.timebridge.local.cli;

import io.timebridge.ingest.gateway.GatewayCommand;
import io.timebridge.ingest.poller.PollerCommand;
import io.timebridge.local.chaos.ChaosCommand;
import io.timebridge.local.demo.DemoCommand;
import io.timebridge.processors.BootstrapCommand;
import io.timebridge.processors.CleanupCommand;
import io.timebridge.processors.DlqCommand;
import io.timebridge.processors.LoginCommand;
import io.timebridge.processors.MappingCommand;
import io.timebridge.processors.SettingsCommand;
import io.timebridge.processors.WorkerCommand;
import io.timebridge.settings.SettingsLoader.InvalidSettings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * {@code ./timebridge}: all commands. Exit codes: 0 done, 1 failed, 2 unusable options or settings.
 */
@Command(
    name = "timebridge",
    mixinStandardHelpOptions = true,
    version = "timebridge 0.1.0-SNAPSHOT",
    synopsisSubcommandLabel = "COMMAND",
    description = "Keeps FirstService and SecondService in step through Kinesis streams.",
    footer = {
      "  bench      Measures the key lanes against two peers (see its --help).",
      "  synth      Writes the deployed system as CloudFormation templates (see its --help)."
    },
    subcommands = {
      DemoCommand.class,
      ChaosCommand.class,
      UpCommand.class,
      SendCommand.class,
      SettingsCommand.class,
      BootstrapCommand.class,
      LoginCommand.class,
      MappingCommand.class,
      DlqCommand.class,
      CleanupCommand.class,
      GatewayCommand.class,
      PollerCommand.class,
      WorkerCommand.class,
      LocalAwsCommand.class,
      SimCommand.class
    })
public final class Timebridge {
  private static final Logger LOG = LoggerFactory.getLogger(Timebridge.class);

  private Timebridge() {}

  public static void main(String[] args) {
    System.exit(
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args));
  }

  /** Runs one command line in this process, for tests too. */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = new CommandLine(new Timebridge());
    line.setOut(out).setErr(err);
    line.setExecutionExceptionHandler((failure, failed, parsed) -> {
      err.println("timebridge " + failed.getCommandName() + ": " + failure.getMessage());
      if (failure instanceof InvalidSettings) {
        return 2;
      }
      LOG.debug("failed", failure);
      return 1;
    });
    if (args.length == 0) {
      line.usage(out);
      return 0;
    }
    return line.execute(args);
  }
}
