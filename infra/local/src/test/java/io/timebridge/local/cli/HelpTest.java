package io.timebridge.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What the help of every command tells, of those that are shipped and of the launcher's. */
class HelpTest {
  static List<CommandLine> commands() {
    return Stream.of(Timebridge.class, io.timebridge.cli.Timebridge.class)
        .flatMap(root -> withAllBelow(new CommandLine(root)))
        .toList();
  }

  private static Stream<CommandLine> withAllBelow(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream().flatMap(HelpTest::withAllBelow));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void every_command_tells_its_exit_codes_that_of_unusable_options_among_them(CommandLine command) {
    StringWriter err = new StringWriter();
    command.setErr(new PrintWriter(err, true));
    int unusable = command.execute("--no-such-option");
    assertThat(unusable).isEqualTo(command.getCommandSpec().exitCodeOnInvalidInput());
    assertThat(err.toString()).isNotBlank();
    assertThat(command.getUsageMessage().replaceAll("\\s+", " "))
        .containsPattern("Exit codes?: 0 .* 1 .* 2 ")
        .containsPattern("Exit codes?: 0 .* " + unusable + " ");
  }

  @Test
  void all_commands_were_looked_at() {
    assertThat(commands().stream().map(command -> command.getCommandSpec().qualifiedName()))
        .contains("timebridge", "timebridge up", "timebridge dlq discard", "timebridge mapping set")
        .hasSizeGreaterThan(50);
  }
}
