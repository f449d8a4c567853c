package io.timebridge.local.chaos;

import io.timebridge.ingest.poller.PollerMain;
import io.timebridge.ingest.poller.PollerWiring;
import io.timebridge.local.planted.Plant;
import io.timebridge.local.planted.Plants;
import io.timebridge.settings.Settings;
import java.io.IOException;

/**
 * A poller process whose steps the controller sees: the product's own {@link PollerMain}, with its
 * parts wrapped, at a {@link ControlLine}. Says {@code looked} whenever it has both lists.
 */
public final class ChaosPoller {
  private ChaosPoller() {}

  public static void main(String[] args) throws IOException {
    Plant plant = Plant.valueOf(args[0]);
    ControlLine line = ControlLine.open();
    Settings settings = line.settings();
    line.obey(() -> 0); // what it has not published yet, its next look finds
    PollerMain.start(
        settings,
        new PollerWiring(
            second -> SteppedPolls.listed(second, line.steps(), () -> line.tell("looked")),
            publisher -> new SteppedPolls.Published(publisher, line.steps()),
            // the steps outermost, as with workers
            store -> SteppedPolls.stored(Plants.polled(plant, store), line.steps())));
    line.tell("ready");
  }
}
