package io.timebridge.alerts;

import io.timebridge.alerts.Alerts.NotTold;
import io.timebridge.alerts.Alerts.Told;
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
 *     itself all that time: no clocks are compared. A count that could not be read, or was not for
 *     more than two looks, has not stood still: then the others could not count, or this process
 *     was frozen. Episodes are those of {@link Alerts}: the end of one is the number that the next
 *     begins with.
 */
public final class SharedProblem {
  private final String id;
  private final Alerts alerts;
  private final Duration quiet;
  private final Duration lookEvery;
  private final LongSupplier nanos;
  private @Nullable Told unchanged;
  private long unchangedSince;
  private long readAt;

  /**
   * @param quiet longer than a process that takes over the work of a dead one needs to see the
   *     problem itself
   * @param lookEvery what lies between two looks of a process
   * @param nanos monotonic
   */
  public SharedProblem(
      String id, Alerts alerts, Duration quiet, Duration lookEvery, LongSupplier nanos) {
    this.id = id;
    this.alerts = alerts;
    this.quiet = quiet;
    this.lookEvery = lookEvery;
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

  /** It is not there, but near: it is not told for that, and once told it goes on. */
  public void near() throws NotTold, InterruptedException {
    unchanged = null;
    if (alerts.told(id).open()) {
      alerts.seen(id);
    }
  }

  /**
   * From here it is not there.
   *
   * @param over told when nobody sees it any more
   * @return whether nothing is left to be called off
   */
  public boolean clear(Alert over) throws NotTold, InterruptedException {
    Told before = unchanged;
    unchanged = null; // unless all goes well
    Told told = alerts.told(id);
    long now = nanos.getAsLong();
    boolean stands = told.equals(before) && now - readAt <= 2 * lookEvery.toNanos();
    readAt = now;
    if (!told.open()) {
      return true;
    }
    if (!stands) {
      unchangedSince = now;
    } else if (now - unchangedSince >= quiet.toNanos()) {
      alerts.over(over, told.episode() + 1);
      return true;
    }
    unchanged = told;
    return false;
  }
}
