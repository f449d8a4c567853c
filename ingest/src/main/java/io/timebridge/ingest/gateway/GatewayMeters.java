package io.timebridge.ingest.gateway;

import io.micrometer.core.instrument.Timer;
import io.timebridge.metrics.Meters;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** How the gateway answers. Thread-safe. */
final class GatewayMeters implements GatewayListener {
  private record Answer(String route, int status) {}

  private final Meters meters;
  private final Map<Answer, Timer> answers = new ConcurrentHashMap<>();

  private GatewayMeters(Meters meters) {
    this.meters = meters;
  }

  static GatewayListener of(Meters meters) {
    return meters.isOn() ? new GatewayMeters(meters) : GatewayListener.NONE;
  }

  @Override
  public void answered(String route, int status, long nanos) {
    answers
        .computeIfAbsent(new Answer(route, status), this::timer)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Answer answer) {
    return meters.times(
        "gateway.request",
        "Answers of the gateway, from the request's head on",
        Meters.REQUEST,
        "route",
        answer.route(),
        "status",
        Integer.toString(answer.status()));
  }
}
