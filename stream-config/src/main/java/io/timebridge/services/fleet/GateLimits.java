package io.timebridge.services.fleet;

import io.timebridge.services.gate.Allowance;
import io.timebridge.services.gate.ServiceGate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A gate that follows a share: calls per second in proportion to concurrent calls. A share lapses
 * by the monotonic clock, and by the wall clock too, which goes on while a machine is suspended.
 */
final class GateLimits implements Limited {
  private final ServiceGate gate;
  private final Share limit;
  private final int callsPerSecond;
  private final LongSupplier nanos;
  private final InstantSource clock;

  GateLimits(
      ServiceGate gate, Share limit, int callsPerSecond, LongSupplier nanos, InstantSource clock) {
    this.gate = gate;
    this.limit = limit;
    this.callsPerSecond = callsPerSecond;
    this.nanos = nanos;
    this.clock = clock;
  }

  @Override
  public void use(Share share, long sinceNanos) {
    if (share.isNone()) {
      gate.allow(Allowance.NONE, () -> false);
      return;
    }
    Instant sinceWall = clock.instant().minusNanos(nanos.getAsLong() - sinceNanos);
    long longest = Membership.STOP_AFTER.toNanos();
    double perSecond = (double) callsPerSecond * share.calls() / limit.calls();
    gate.allow(
        new Allowance(share.calls(), perSecond, share.sessions()),
        () ->
            nanos.getAsLong() - sinceNanos < longest
                && Duration.between(sinceWall, clock.instant()).compareTo(Membership.STOP_AFTER)
                    < 0);
  }

  @Override
  public boolean isSettled() {
    return gate.isSettled();
  }
}
