package io.timebridge.cli;

import io.timebridge.settings.SettingsLoader.InvalidSettings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * How a command line is run, whatever its commands. Exit codes: 0 done, 1 failed, 2 unusable
 * options or settings; a command may have others, which its help tells.
 */
public final class Commands {
  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

  private Commands() {}

  /** Runs one command line and ends the process with its exit code. */
  public static void main(Object root, String... args) {
    System.exit(
        run(
            root,
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args));
  }

  /**
   * Runs one command line in this process; without arguments it prints the usage.
   *
   * @param root the command with the others below it
   */
  public static int run(Object root, PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = new CommandLine(root);
    line.setOut(out).setErr(err);
    line.setExecutionExceptionHandler((failure, failed, parsed) -> {
      err.println("timebridge " + failed.getCommandName() + ": " + failure.getMessage());
      if (failure instanceof InvalidSettings) {
        return failed.getCommandSpec().exitCodeOnInvalidInput();
      }
      LOG.debug("failed", failure);
      return failed.getCommandSpec().exitCodeOnExecutionException();
    });
    if (args.length == 0) {
      line.usage(out);
      return 0;
    }
    return line.execute(args);
  }
}
