package io.timebridge.cli;

import io.timebridge.ingest.gateway.GatewayCommand;
import io.timebridge.ingest.poller.JobsCommand;
import io.timebridge.ingest.poller.PollerCommand;
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
import picocli.CommandLine.Command;

/** Every command that is shipped: the deployed processes, and what operators need. */
@Command(
    name = "timebridge",
    mixinStandardHelpOptions = true,
    version = "timebridge 0.1.0-SNAPSHOT",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Keeps FirstService and SecondService in step through Kinesis streams.",
      "Exit codes: 0 done, 1 failed, 2 unusable options or settings; a command's own help says more."
    },
    subcommands = {
      GatewayCommand.class,
      PollerCommand.class,
      WorkerCommand.class,
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
      OpsCommand.class
    })
public final class Timebridge {
  private Timebridge() {}

  public static void main(String[] args) {
    Commands.main(new Timebridge(), args);
  }
}
