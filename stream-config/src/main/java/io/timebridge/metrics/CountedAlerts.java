package io.timebridge.metrics;

import io.micrometer.core.instrument.Counter;
import io.timebridge.alerts.Alert;
import io.timebridge.alerts.Alerts;

/**
 * Counts what this process tells people, and each time that it could not: the message did not go
 * out, or it could not be found out whether one is due. Thread-safe.
 */
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
        "Messages to people: of a problem, of its end; and looks at which none could be sent, whether or not one was due",
        "what",
        what);
  }

  @Override
  public boolean raise(Alert alert, long episode) throws NotTold, InterruptedException {
    return first(raised, calling(() -> alerts.raise(alert, episode)));
  }

  @Override
  public boolean over(Alert alert, long episode) throws NotTold, InterruptedException {
    return first(over, calling(() -> alerts.over(alert, episode)));
  }

  private static boolean first(Counter told, boolean first) {
    if (first) {
      told.increment();
    }
    return first;
  }

  @Override
  public Told told(String problem) throws NotTold, InterruptedException {
    return calling(() -> alerts.told(problem));
  }

  @Override
  public void seen(String problem) throws NotTold, InterruptedException {
    calling(() -> {
      alerts.seen(problem);
      return problem;
    });
  }

  @FunctionalInterface
  private interface Call<T> {
    T make() throws NotTold, InterruptedException;
  }

  private <T> T calling(Call<T> call) throws NotTold, InterruptedException {
    try {
      return call.make();
    } catch (NotTold later) {
      notTold.increment();
      throw later;
    }
  }
}
