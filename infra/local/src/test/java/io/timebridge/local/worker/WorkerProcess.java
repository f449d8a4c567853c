package io.timebridge.local.worker;

import io.timebridge.admission.Delivery;
import io.timebridge.ordering.Outcome;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.StreamName;
import io.timebridge.worker.KclApplication;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A worker in a process of its own, to be killed. Arguments: settings, {@code key=value}. Prints
 * {@code key number} for every record it has handled.
 */
final class WorkerProcess {
  private WorkerProcess() {}

  public static void main(String[] args) {
    Map<String, String> values =
        Arrays.stream(args)
            .map(arg -> arg.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    Settings settings =
        new SettingsLoader().values(values, "arguments").load((aws, path) -> Map.of()).settings();
    KclApplication<Delivery> worker =
        WorkerRig.application(
            StreamName.TIMESHEET_EVENTS,
            settings,
            (key, records) -> {
              System.out.println(key + " " + WorkerRig.number(records.getLast()));
              return new Outcome.Applied("");
            },
            (at, reason, detail, data) -> {});
    worker.start();
  }
}
