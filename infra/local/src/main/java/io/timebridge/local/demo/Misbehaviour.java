package io.timebridge.local.demo;

import io.timebridge.local.sim.SimControl;
import io.timebridge.local.system.Simulators;
import java.time.Duration;

/** How badly both services behave during a demo. */
enum Misbehaviour {
  /** Webhooks in both shapes and schemes; nothing goes wrong. */
  NONE,
  /** Duplicate and reordered deliveries, 2 % of answers 5xx, slow calls. */
  MILD,
  /**
   * As {@link #MILD}, and 20 % of answers dropped after success, 5 % applied late, 10 % 5xx or
   * HTML, sessions of 5 s, resets, truncated and empty lists.
   */
  HOSTILE;

  Simulators.Behaviour behaviour(long seed) {
    return switch (this) {
      case NONE -> Simulators.Behaviour.calm(seed);
      case MILD -> new Simulators.Behaviour(seed, Duration.ofMinutes(15), 10, 80, 8);
      case HOSTILE -> new Simulators.Behaviour(seed, Duration.ofSeconds(5), 10, 80, 8);
    };
  }

  /**
   * Longest that a late effect takes to land; below {@code second-service.lands-within} of the
   * local system.
   */
  private static final int LATE_MILLIS = 1500;

  void apply(SimControl first, SimControl second, long seed) {
    double odd = this == NONE ? 0 : 0.15;
    first.post(
        "/__sim/delivery",
        """
        {"shape":"mixed","scheme":"mixed","duplicate":%s,"reorder":%s,"lose":0,"maxDelayMillis":1500,"seed":%d}\
        """
            .formatted(odd, odd, seed));
    if (this == NONE) {
      return;
    }
    String service = "/service/api/";
    String api = "/1\\\\.1/[0-9]+/";
    if (this == MILD) {
      second.faults("[" + fault(service, "status", 0.02, seed + 1, "\"status\":500") + "]");
      first.faults("[" + fault(api, "status", 0.02, seed + 2, "\"status\":503") + "]");
      return;
    }
    second.faults(
        "["
            + String.join(
                ",",
                fault(service, "drop-response", 0.20, seed + 1, ""),
                fault(
                    service,
                    "late",
                    0.05,
                    seed + 2,
                    "\"minMillis\":100,\"maxMillis\":" + LATE_MILLIS),
                fault(service, "status", 0.05, seed + 3, "\"status\":500"),
                fault(service, "html", 0.05, seed + 4, ""),
                fault(service, "reset", 0.03, seed + 5, ""),
                fault(service, "truncate", 0.03, seed + 6, ""),
                fault(service, "empty-list", 0.05, seed + 7, ""))
            + "]");
    first.faults(
        "["
            + String.join(
                ",",
                fault(api, "drop-response", 0.05, seed + 11, ""),
                fault(api, "status", 0.05, seed + 12, "\"status\":503"),
                fault(api, "html", 0.03, seed + 13, ""),
                fault(api, "reset", 0.03, seed + 14, ""))
            + "]");
  }

  private static String fault(String match, String action, double p, long seed, String more) {
    return "{\"match\":\"%s\",\"action\":\"%s\",\"probability\":%s,\"seed\":%d%s}"
        .formatted(match, action, p, seed, more.isEmpty() ? "" : "," + more);
  }
}
