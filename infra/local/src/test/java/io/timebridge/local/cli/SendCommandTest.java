package io.timebridge.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SendCommandTest {
  @TempDir Path folder;

  @Test
  void says_what_is_wrong_with_the_file_that_it_was_given() throws Exception {
    Path missing = folder.resolve("nowhere.json");
    assertThat(refused(missing)).contains("FILE " + missing + ": no such file");
    assertThat(refused(folder)).contains("FILE " + folder + ": cannot be read");
  }

  private String refused(Path body) throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("timebridge.conf"), "first-service.webhook-secrets = whsec_b2xk\n");
    StringWriter err = new StringWriter();
    int exit =
        Timebridge.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            "send",
            "--route",
            "timesheet-update",
            "--config",
            config.toString(),
            body.toString());
    assertThat(exit).isEqualTo(2);
    return err.toString();
  }
}
