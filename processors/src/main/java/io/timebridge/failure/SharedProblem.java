package io.timebridge.failure;

import io.timebridge.failure.Alerts.NotTold;
import io.timebridge.failure.Alerts.Told;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A problem that several processes look at, each from where it stands: one may see it while another
 * does not. It is told when one of them sees it, and over when none has seen it for a while. Of
 * many that look, one tells. Used by one thread, once per look.
 *
 * @implNote Whoever sees the problem counts its sightings up. Another one calls it over when that
 *     count has stood still for {@code quiet} by its own monotonic clock, and it has seen nothing
 *     itself all that time: no clocks are compared. Episodes are those of {@link Alerts}: the end
 *     of one is the number that the next begins with.
 */
public final class SharedProblem {
  private final String id;
  private final Alerts alerts;
  private final Duration quiet;
  private final LongSupplier nanos;
  private @Nullable Told unchanged;
  private long unchangedSince;

  /**
   * @param quiet longer than a process that takes over the work of a dead one needs to see the
   *     problem itself
   * @param nanos monotonic
   */
  public SharedProblem(String id, Alerts alerts, Duration quiet, LongSupplier nanos) {
    this.id = id;
    this.alerts = alerts;
    this.quiet = quiet;
    this.nanos = nanos;
  }

  /** It is there. */
  public void seen(Alert alert) throws NotTold, InterruptedException {
    unchanged = null;
    alerts.seen(id);
    alerts.raise(alert, Math.max(1, alerts.told(id).episode()));
  }

  /** This process cannot say. */
  public void unsure() {
    unchanged = null;
  }

  /**
   * From here it is not there.
   *
   * @param over told when nobody sees it any more
   */
  public void clear(Alert over) throws NotTold, InterruptedException {
    Told told = alerts.told(id);
    if (!told.open()) {
      unchanged = null;
    } else if (!told.equals(unchanged)) {
      unchanged = told;
      unchangedSince = nanos.getAsLong();
    } else if (nanos.getAsLong() - unchangedSince >= quiet.toNanos()) {
      alerts.over(over, told.episode() + 1);
      unchanged = null;
    }
  }
}
