package io.timebridge.processors;

import io.timebridge.alerts.Alert;
import io.timebridge.alerts.Alerts;
import io.timebridge.alerts.Looks;
import io.timebridge.alerts.SharedProblem;
import io.timebridge.services.gate.Outage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Tells people when a service is down for long, and when it is back. Down means: this worker's
 * circuit is open, has been so, or closed only while the rate rose, for longer than {@code
 * alarms.outage-after}, and somebody still wants to call. Back means: no worker has said so for
 * that time and a minute, nor that it is not sure yet: while the rate rises, nothing is told and
 * nothing called off. Used by one thread.
 */
final class OutageWatch implements Looks.Look {
  /** Between two looks: 15 s. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(15);

  /**
   * A worker that takes over from a dead one sees the outage {@code outage-after} after its first
   * failures; this much may pass until those, and until the looks.
   */
  static final Duration TAKE_OVER = Duration.ofMinutes(1);

  private final String service;
  private final String id;
  private final Supplier<Optional<Outage>> outage;
  private final Duration after;
  private final SharedProblem problem;
  private final InstantSource clock;

  /**
   * @param id of the service, in the problem's: {@code second-service}
   * @param service its name for people
   */
  OutageWatch(
      String id,
      String service,
      Supplier<Optional<Outage>> outage,
      Duration after,
      Alerts alerts,
      InstantSource clock,
      LongSupplier nanos) {
    this.id = id + "-circuit";
    this.service = service;
    this.outage = outage;
    this.after = after;
    this.problem = new SharedProblem(this.id, alerts, after.plus(TAKE_OVER), LOOK_EVERY, nanos);
    this.clock = clock;
  }

  @Override
  public void look() throws Alerts.NotTold, InterruptedException {
    Optional<Outage> now = outage.get();
    if (now.isEmpty()) {
      problem.clear(over());
      return;
    }
    Duration lasts = now.get().lasts();
    switch (now.get().sign()) {
      case UNASKED -> problem.unsure();
      case ANSWERS -> problem.near(); // it may yet fall ill again
      case DOWN -> {
        if (lasts.compareTo(after) < 0) {
          problem.near();
        } else {
          problem.seen(raised(clock.instant().minus(lasts)));
        }
      }
    }
  }

  private Alert raised(Instant since) {
    return new Alert(
        id,
        service + " is down",
        ("Most calls to %s fail or take too long; its circuit has been open since %s.\n"
                + "Nothing is lost and nothing is parked: events that need it wait in their lanes, in order,"
                + " and the streams keep what comes, for as long as their retention.")
            .formatted(service, since.truncatedTo(ChronoUnit.SECONDS)),
        List.of(
            "See whether %s is up, and what the workers' log says of its calls".formatted(service),
            "Nothing needs to be restarted: once it answers, calls go on by themselves, slowly at first",
            "If it stays down for days, lengthen the retention of the streams in time (another alert says when)"),
        List.of("timebridge", service, "outage"));
  }

  private Alert over() {
    return new Alert(
        id,
        "Over: %s is down".formatted(service),
        "%s answers again, and what waited is worked off in order.".formatted(service),
        List.of(),
        List.of("timebridge", service, "outage"));
  }
}
