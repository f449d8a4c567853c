package io.timebridge.local.cli;

import io.timebridge.cli.Commands;
import io.timebridge.ingest.gateway.GatewayCommand;
import io.timebridge.ingest.poller.JobsCommand;
import io.timebridge.ingest.poller.PollerCommand;
import io.timebridge.local.chaos.ChaosCommand;
import io.timebridge.local.demo.DemoCommand;
import io.timebridge.ops.OpsCommand;
import io.timebridge.processors.BootstrapCommand;
import io.timebridge.processors.CleanupCommand;
import io.timebridge.processors.DlqCommand;
import io.timebridge.processors.DoctorCommand;
import io.timebridge.processors.EntryCommand;
import io.timebridge.processors.LagCommand;
import io.timebridge.processors.LoginCommand;
import io.timebridge.processors.MappingCommand;
import io.timebridge.processors.ReconcileCommand;
import io.timebridge.processors.ReplayCommand;
import io.timebridge.processors.SettingsCommand;
import io.timebridge.processors.WorkerCommand;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/**
 * {@code ./timebridge}: all commands. Exit codes: 0 done, 1 failed, 2 unusable options or settings.
 */
@Command(
    name = "timebridge",
    mixinStandardHelpOptions = true,
    version = "timebridge 0.1.0-SNAPSHOT",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Keeps FirstService and SecondService in step through Kinesis streams.",
      "Exit codes: 0 done, 1 failed, 2 unusable options or settings; a command's own help says more.",
      "3: no JDK 25 was found, or the build failed."
    },
    footer = {
      "  bench      Measures the key lanes against two peers (see its --help).",
      "  synth      Writes the deployed system as CloudFormation templates (see its --help).",
      "  image      Builds the container images (see its --help)."
    },
    subcommands = {
      DemoCommand.class,
      ChaosCommand.class,
      UpCommand.class,
      SendCommand.class,
      SettingsCommand.class,
      BootstrapCommand.class,
      DoctorCommand.class,
      LoginCommand.class,
      MappingCommand.class,
      EntryCommand.class,
      DlqCommand.class,
      ReplayCommand.class,
      JobsCommand.class,
      ReconcileCommand.class,
      CleanupCommand.class,
      LagCommand.class,
      OpsCommand.class,
      GatewayCommand.class,
      PollerCommand.class,
      WorkerCommand.class,
      LocalAwsCommand.class,
      SimCommand.class
    })
public final class Timebridge {
  private Timebridge() {}

  public static void main(String[] args) {
    Commands.main(new Timebridge(), args);
  }

  /** Runs one command line in this process, for tests too. */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    return Commands.run(new Timebridge(), out, err, args);
  }
}
