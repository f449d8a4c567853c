package io.timebridge.ingest.poller;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.timebridge.metrics.Meters;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** What the poller's ticks see and do. Thread-safe. */
final class PollerMeters {
  private final Meters meters;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Timer looked;
  private final Timer trouble;
  private final Timer standby;
  private final Counter published;
  private final AtomicLong lastLook = new AtomicLong();
  private volatile TickReport.Looked last = new TickReport.Looked(0, 0, 0, 0, 0, 0);

  PollerMeters(Meters meters, InstantSource clock, LongSupplier nanos) {
    this.meters = meters;
    this.clock = clock;
    this.nanos = nanos;
    this.looked = ticks("looked");
    this.trouble = ticks("trouble");
    this.standby = ticks("standby");
    this.published =
        meters.counter(
            "poller.published", "Changes of jobs and clients published and written down");
    meters.gauge(
        "poller.last.look.timestamp.seconds",
        "End of this poller's last complete look, since 1970; 0 before the first",
        lastLook::get);
    seen("jobs", () -> last.jobs());
    seen("clients", () -> last.clients());
    meters.gauge(
        "poller.waiting",
        "Changes seen by the last look that could not be published or written down yet",
        () -> last.waiting());
    meters.gauge(
        "poller.suspects",
        "Jobs that the last look missed and the next one may close",
        () -> last.suspects());
  }

  private Timer ticks(String outcome) {
    return meters.times(
        "poller.tick",
        "Ticks of the poller: a complete look, trouble, or nothing because another poller is active",
        Meters.CALL,
        "outcome",
        outcome);
  }

  private void seen(String what, LongSupplier count) {
    meters.gauge("poller.seen", "Listed by the last complete look", count::getAsLong, "what", what);
  }

  /** Measures each tick. */
  Callable<TickReport> around(Callable<TickReport> tick) {
    return () -> {
      long began = nanos.getAsLong();
      Timer outcome = trouble;
      try {
        TickReport report = tick.call();
        outcome =
            switch (report) {
              case TickReport.Standby() -> standby;
              case TickReport.Trouble _ -> trouble;
              case TickReport.Looked look -> looked(look);
            };
        return report;
      } finally {
        outcome.record(nanos.getAsLong() - began, TimeUnit.NANOSECONDS);
      }
    };
  }

  private Timer looked(TickReport.Looked look) {
    last = look;
    lastLook.set(clock.instant().getEpochSecond());
    published.increment(look.published());
    return looked;
  }

  /** Of a running poller. */
  void loop(PollerLoop loop, BooleanSupplier active) {
    meters.total(
        "poller.ticks.skipped",
        "Ticks left out because the one before was still running, stale or doubled",
        loop::skippedTicks);
    meters.gauge(
        "poller.active", "1 while this poller has the lease", () -> active.getAsBoolean() ? 1 : 0);
  }
}
