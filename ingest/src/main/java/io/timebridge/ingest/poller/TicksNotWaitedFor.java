package io.timebridge.ingest.poller;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Ticks that need no schedules: an alert that those stay away, told by an earlier poller, is called
 * off. An active poller does so once, at its first tick at which people can be told.
 */
final class TicksNotWaitedFor implements Ticks {
  private final Ticks ticks;
  private final BooleanSupplier active;
  private final TickAlerts alerts;

  TicksNotWaitedFor(Ticks ticks, BooleanSupplier active, TickAlerts alerts) {
    this.ticks = ticks;
    this.active = active;
    this.alerts = alerts;
  }

  @Override
  public Optional<Due> next() throws InterruptedException {
    Optional<Due> due = ticks.next();
    if (due.isPresent() && active.getAsBoolean()) {
      alerts.notWaitedFor();
    }
    return due;
  }
}
