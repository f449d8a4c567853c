package io.timebridge.metrics;

import io.micrometer.core.instrument.Counter;
import io.timebridge.alerts.Alert;
import io.timebridge.alerts.Alerts;

/** Counts what this process tells people, and what it could not tell. Thread-safe. */
public final class CountedAlerts implements Alerts {
  private final Alerts alerts;
  private final Counter raised;
  private final Counter over;
  private final Counter notTold;

  public CountedAlerts(Alerts alerts, Meters meters) {
    this.alerts = alerts;
    this.raised = counter(meters, "raised");
    this.over = counter(meters, "over");
    this.notTold = counter(meters, "not_told");
  }

  private static Counter counter(Meters meters, String what) {
    return meters.counter(
        "alerts",
        "Messages to people: of a problem, of its end, and those that did not go out and are tried again",
        "what",
        what);
  }

  @Override
  public boolean raise(Alert alert, long episode) throws NotTold, InterruptedException {
    return counted(raised, () -> alerts.raise(alert, episode));
  }

  @Override
  public boolean over(Alert alert, long episode) throws NotTold, InterruptedException {
    return counted(over, () -> alerts.over(alert, episode));
  }

  @FunctionalInterface
  private interface Telling {
    boolean tell() throws NotTold, InterruptedException;
  }

  private boolean counted(Counter told, Telling telling) throws NotTold, InterruptedException {
    try {
      boolean first = telling.tell();
      if (first) {
        told.increment();
      }
      return first;
    } catch (NotTold later) {
      notTold.increment();
      throw later;
    }
  }

  @Override
  public Told told(String problem) throws NotTold, InterruptedException {
    return alerts.told(problem);
  }

  @Override
  public void seen(String problem) throws NotTold, InterruptedException {
    alerts.seen(problem);
  }
}
