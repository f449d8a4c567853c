package io.timebridge.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands around jobs, clients and mappings have in common, as a person types them. */
class JobCommandsTest {
  @TempDir Path folder;

  private record Ran(int exit, String out, String err) {}

  private static Ran run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Timebridge.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new Ran(exit, out.toString(), err.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mapping list",
        "mapping set",
        "mapping remove",
        "mapping import",
        "mapping export",
        "mapping check",
        "bootstrap",
        "jobs confirm-closures",
        "login"
      })
  void each_has_help_and_json_and_takes_a_settings_file(String command) {
    Ran help = run((command + " --help").split(" "));
    assertThat(help.exit()).isZero();
    assertThat(help.out()).contains("Usage: ", command, "--json", "--config=FILE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"poller", "mapping", "jobs"})
  void those_that_print_no_result_have_help_too(String command) {
    Ran help = run(command, "--help");
    assertThat(help.exit()).isZero();
    assertThat(help.out()).contains("Usage: ", command);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mapping list",
        "mapping check",
        "bootstrap --public-url https://example.org",
        "jobs confirm-closures",
        "login first-service --code x",
        "poller"
      })
  void a_wrong_setting_ends_with_2_and_names_key_value_and_what_is_allowed(String command)
      throws Exception {
    Path config = Files.writeString(folder.resolve("timebridge.conf"), "poller.every = soon\n");
    Ran ran = run((command + " --config " + config).split(" "));
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("poller.every", "\"soon\"", "allowed");
  }

  @Test
  void a_command_that_is_not_there_ends_with_2_and_names_those_that_are() {
    Ran ran = run("mapping", "drop");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("drop");
  }
}
