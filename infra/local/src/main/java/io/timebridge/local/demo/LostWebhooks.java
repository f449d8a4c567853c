package io.timebridge.local.demo;

import io.timebridge.cli.Commands;
import io.timebridge.local.sim.SimControl;
import io.timebridge.local.system.LocalSystem;
import io.timebridge.local.system.SettingsText;
import io.timebridge.processors.ReconcileCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Webhooks of entries that are lost for good, and the comparison that finds what they would have
 * told, through its own command line. Those of the backup are not lost: nothing compares backups.
 */
final class LostWebhooks {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String OF_ENTRIES =
      "/new-timesheet-entry,/timesheet-update,/timesheet-deletion";

  private LostWebhooks() {}

  /**
   * What became of it.
   *
   * @param lost webhooks
   * @param found entries that differed
   * @param repaired entries that were asked to be verified
   * @param left entries that differed in a second comparison
   * @param equal whether that was complete and found nothing
   */
  record Found(long lost, long found, long repaired, long left, boolean equal) {
    String text() {
      return "webhooks lost for good %6d  (for which %d entries differed, %d were repaired, %d differ in a second comparison%s)"
          .formatted(lost, found, repaired, left, equal ? "" : "; NOT equal");
    }
  }

  /** From now on, that share of them is lost. */
  static void lose(SimControl first, double share) {
    first.post("/__sim/delivery", "{\"lose\":%s,\"losePath\":\"%s\"}".formatted(share, OF_ENTRIES));
  }

  /** Compares and repairs, waits until it is done, and compares once more. */
  static Found reconcile(LocalSystem system, Consumer<String> progress) throws IOException {
    SimControl first = system.simulators().first();
    long lost = first.get("/__sim/delivery").path("lost").longValue();
    Path config = Files.createTempFile("timebridge", ".conf");
    try {
      Files.writeString(config, SettingsText.lines(system.settingsByKey()));
      List<String> range = range(system);
      progress.accept("%d webhooks lost; reconcile --repair --wait".formatted(lost));
      JsonNode found = run(config, range, "--repair", "--wait", "--believe");
      progress.accept(
          "reconcile: %d entries differ, %d checks published"
              .formatted(found.path("drifts").asLong(), found.path("repairs").asLong()));
      JsonNode again = run(config, range);
      return new Found(
          lost,
          found.path("drifts").asLong(),
          found.path("repairs").asLong(),
          again.path("drifts").asLong(),
          again.path("equal").asBoolean(false));
    } finally {
      Files.delete(config);
    }
  }

  /** All days on which there is anything. */
  private static List<String> range(LocalSystem system) {
    TreeSet<String> days = new TreeSet<>();
    system
        .simulators()
        .first()
        .state()
        .path("entries")
        .valueStream()
        .forEach(entry -> days.add(entry.path("day").asString("")));
    system
        .simulators()
        .second()
        .state()
        .path("timesheets")
        .valueStream()
        .forEach(timesheet -> days.add(timesheet.path("dtTimesheet").asString("")));
    return List.of("--from", days.first(), "--to", days.last());
  }

  private static JsonNode run(Path config, List<String> range, String... more) throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> arguments = new ArrayList<>(List.of("--json", "--config", config.toString()));
    arguments.addAll(range);
    arguments.addAll(List.of(more));
    Commands.run(
        new ReconcileCommand(),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        arguments.toArray(String[]::new));
    try {
      JsonNode result = JSON.readTree(out.toString());
      if (result.isObject()) {
        return result;
      }
    } catch (JacksonException noResult) {
      throw new IOException("reconcile said: " + err, noResult);
    }
    throw new IOException("reconcile said: " + err);
  }
}
