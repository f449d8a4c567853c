package io.timebridge.local.system;

import io.timebridge.local.cli.Timebridge;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code timebridge dlq}, as a person types it, on a running system.
 *
 * @param config the system's settings
 */
record DlqLine(Path config) {
  /** How it ended. */
  record Ran(int exit, String out, String err) {}

  /**
   * @param folder where the settings are written
   */
  static DlqLine of(LocalSystem system, Path folder) throws IOException {
    Path config = folder.resolve("timebridge.conf");
    Files.writeString(config, SettingsText.lines(system.settingsByKey()));
    return new DlqLine(config);
  }

  Ran run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("dlq"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--config", config.toString()));
    int exit =
        Timebridge.run(
            new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    return new Ran(exit, out.toString(), err.toString());
  }
}
