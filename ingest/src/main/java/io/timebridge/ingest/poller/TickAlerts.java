package io.timebridge.ingest.poller;

import io.timebridge.alerts.Alert;
import io.timebridge.alerts.Alerts;
import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What people are told of the ticks: that they stay away, and, once, that this is over. What cannot
 * be told is told at a later call. For one thread.
 */
final class TickAlerts {
  private static final String PROBLEM = "poller-ticks";
  private static final List<String> KEYWORDS = List.of("timebridge", "poller", "EventBridge");
  private static final Logger LOG = LoggerFactory.getLogger(TickAlerts.class);

  private final Alerts alerts;
  private final InstantSource clock;
  private final Names names;
  private boolean endIsTold;

  TickAlerts(Alerts alerts, InstantSource clock, Names names) {
    this.alerts = alerts;
    this.clock = clock;
    this.names = names;
  }

  /** Somebody else may have told something meanwhile. */
  void begin() {
    endIsTold = false;
  }

  /** Tells that no tick has come for so many periods, unless it has been told. */
  void stayAway(int periods) throws InterruptedException {
    endIsTold = false;
    try {
      Alerts.Told told = alerts.told(PROBLEM);
      alerts.raise(
          away(periods),
          told.open() ? told.episode() : Math.max(clock.millis(), told.episode() + 1));
    } catch (Alerts.NotTold again) {
      LOG.warn("ticks stay away: {}", again.getMessage());
    }
  }

  /** Tells that ticks come, if the last thing told was that they stay away. */
  void comeAgain() throws InterruptedException {
    over("The poller's ticks come again", "It looks when they ask.");
  }

  /** Tells that none is waited for any more, if the last thing told was that they stay away. */
  void notWaitedFor() throws InterruptedException {
    over(
        "The poller looks by its own timer",
        "`poller.ticks = timer`: it waits for no ticks of schedules any more.");
  }

  private void over(String title, String description) throws InterruptedException {
    if (endIsTold) {
      return;
    }
    try {
      Alerts.Told told = alerts.told(PROBLEM);
      endIsTold =
          !told.open()
              || alerts.over(
                  new Alert(PROBLEM, title, description, List.of(), KEYWORDS), told.episode() + 1);
    } catch (Alerts.NotTold again) {
      LOG.warn("{}: {}", title, again.getMessage());
    }
  }

  private Alert away(int periods) {
    return new Alert(
        PROBLEM,
        "The poller's ticks stay away",
        "No tick has come from the schedules for %d periods. The poller looks by its own timer, so nothing is late."
            .formatted(periods),
        List.of(
            "Look whether the schedules `%1$stimebridge-new-jobs` and `%1$stimebridge-job-updates` are enabled (EventBridge Scheduler)"
                .formatted(names.prefix()),
            "Look into the queue `%s`: what could not be sent is there"
                .formatted(names.queue(QueueName.TICK_DEAD_LETTERS)),
            "A system without schedules sets `poller.ticks = timer`"),
        KEYWORDS);
  }
}
