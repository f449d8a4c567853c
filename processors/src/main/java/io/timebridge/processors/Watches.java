package io.timebridge.processors;

import io.timebridge.alerts.Alerts;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.settings.Settings;
import io.timebridge.stream.StreamName;
import io.timebridge.worker.KclApplication;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** What a worker looks at to tell people of outages and of streams that are behind. */
final class Watches {
  /** Services, as their gates are named here and in the problems' ids. */
  static final String FIRST = "first-service";

  static final String SECOND = "second-service";

  private final Settings settings;
  private final Alerts alerts;
  private final InstantSource clock;

  Watches(Settings settings, Alerts alerts, InstantSource clock) {
    this.settings = settings;
    this.alerts = alerts;
    this.clock = clock;
  }

  /**
   * Starts looking.
   *
   * @param gates of the services that this worker calls
   * @param applications one for each stream of {@code worker.apps}
   * @param kinesis stays the caller's to close, after what this returns
   */
  Looks start(
      Map<String, ServiceGate> gates, List<KclApplication<?>> applications, KinesisClient kinesis) {
    List<Looks.Look> looks = new ArrayList<>();
    gates.forEach((id, gate) -> looks.add(outage(id, gate)));
    for (StreamName stream : EnumSet.copyOf(settings.worker().apps())) {
      String name = settings.names().stream(stream);
      for (KclApplication<?> application : applications) {
        if (application.source().stream().equals(name)) {
          looks.add(lag(stream, name, application, kinesis));
        }
      }
    }
    return Looks.start("watch", LagWatch.LOOK_EVERY, looks);
  }

  private OutageWatch outage(String id, ServiceGate gate) {
    boolean first = id.equals(FIRST);
    return new OutageWatch(
        id,
        first ? "FirstService" : "SecondService",
        gate::outage,
        settings.alarms().outageAfter(),
        alerts,
        clock,
        System::nanoTime);
  }

  private LagWatch lag(
      StreamName stream, String name, KclApplication<?> application, KinesisClient kinesis) {
    return new LagWatch(
        stream,
        name,
        application::lag,
        new Retention(kinesis, name, System::nanoTime),
        settings.alarms().behindAfter(),
        alerts,
        System::nanoTime);
  }
}
