package io.timebridge.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.timebridge.services.gate.CallWatch;
import io.timebridge.services.gate.ServiceGate;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** How the calls to one service go, as its gate sees them. Thread-safe. */
public final class ServiceMeters implements CallWatch {
  private final PerValue<End, Timer> calls;
  private final CallWatch.Call call = this::ended;

  private ServiceMeters(Meters meters, String service) {
    this.calls =
        new PerValue<>(
            End.class,
            end ->
                meters.times(
                    "service.call",
                    "Calls to a service, without the wait for a place and a slot",
                    Meters.CALL,
                    "service",
                    service,
                    "outcome",
                    lower(end)));
  }

  /**
   * Measures the calls and the circuit of a gate from now on; nothing when the meters are off.
   *
   * @param service {@code first-service} or {@code second-service}
   */
  public static void measure(Meters meters, String service, ServiceGate gate) {
    if (!meters.isOn()) {
      return;
    }
    gate.watch(new ServiceMeters(meters, service));
    for (ServiceGate.State state : ServiceGate.State.values()) {
      meters.gauge(
          "service.circuit",
          "1 for the state that the circuit is in: closed, open or trying",
          () -> gate.state() == state ? 1 : 0,
          "service",
          service,
          "state",
          lower(state));
    }
    PerValue<ServiceGate.State, Counter> changes =
        new PerValue<>(
            ServiceGate.State.class,
            state ->
                meters.counter(
                    "service.circuit.changes",
                    "How often the circuit came into a state",
                    "service",
                    service,
                    "state",
                    lower(state)));
    gate.onChange(state -> changes.of(state).increment());
    meters.gauge(
        "service.share",
        "1 while this process has a share of the calls that the whole deployment may make",
        () -> gate.hasShare() ? 1 : 0,
        "service",
        service);
  }

  @Override
  public Call begins(String what) {
    return call;
  }

  private void ended(End end, long nanos) {
    calls.of(end).record(nanos, TimeUnit.NANOSECONDS);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
