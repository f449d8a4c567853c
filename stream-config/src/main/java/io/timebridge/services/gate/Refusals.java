package io.timebridge.services.gate;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a caller is told whose call was held back.
 *
 * @param service its name in messages
 */
record Refusals(String service) {
  /** When to ask again where there is no share. */
  private static final Duration SHARE_LATER = Duration.ofSeconds(1);

  ServiceTrouble noShare(String what) {
    return notDone(what, "this process has no share of the limits now", SHARE_LATER);
  }

  ServiceTrouble circuitOpen(String what, Duration askAgainAfter) {
    return ServiceTrouble.notSent(
        Kind.CIRCUIT_OPEN,
        "%s %s: not sent, the circuit is open".formatted(service, what),
        askAgainAfter);
  }

  ServiceTrouble othersFirst(Duration askAgainAfter) {
    return ServiceTrouble.notSent(
        Kind.CIRCUIT_OPEN,
        "%s: not begun, others go first after an outage".formatted(service),
        askAgainAfter);
  }

  ServiceTrouble notDone(String what, String why, @Nullable Duration retryAfter) {
    return ServiceTrouble.notSent(
        Kind.NOT_DONE, "%s %s: not sent, %s".formatted(service, what, why), retryAfter);
  }
}
