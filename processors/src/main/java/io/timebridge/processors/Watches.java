package io.timebridge.processors;

import io.timebridge.alerts.Alerts;
import io.timebridge.alerts.Looks;
import io.timebridge.lag.aws.UnownedShards;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.settings.Settings;
import io.timebridge.stream.StreamName;
import io.timebridge.worker.KclApplication;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** What a worker looks at to tell people of outages and of streams that are behind. */
final class Watches {
  /** Services, as their gates are named here and in the problems' ids. */
  static final String FIRST = "first-service";

  static final String SECOND = "second-service";

  /**
   * What streams of others are looked at with.
   *
   * @param once makes each call once
   */
  record Outside(KinesisClient kinesis, KinesisClient once, DynamoDbClient dynamoDb) {}

  private final Settings settings;
  private final Alerts alerts;
  private final WorkerMeters measured;
  private final InstantSource clock;

  Watches(Settings settings, Alerts alerts, WorkerMeters measured, InstantSource clock) {
    this.settings = settings;
    this.alerts = alerts;
    this.measured = measured;
    this.clock = clock;
  }

  /**
   * Starts looking.
   *
   * @param gates of the services that this worker calls
   * @param applications one for each stream of {@code worker.apps}; the other streams are looked at
   *     from outside, in case all of their workers are dead
   * @param outside its clients stay the caller's to close, after what this returns
   * @return what looks: at this worker's own streams and services, and, since a look from outside
   *     may take long, at each other stream by itself
   */
  List<Looks> start(
      Map<String, ServiceGate> gates, List<KclApplication<?>> applications, Outside outside) {
    return start(gates, applications, outside, LagWatch.LOOK_EVERY);
  }

  List<Looks> start(
      Map<String, ServiceGate> gates,
      List<KclApplication<?>> applications,
      Outside outside,
      Duration lookEvery) {
    List<Looks.Look> looks = new ArrayList<>();
    gates.forEach((id, gate) -> looks.add(outage(id, gate)));
    Set<StreamName> others = EnumSet.allOf(StreamName.class);
    others.removeAll(settings.worker().apps());
    for (StreamName stream : EnumSet.copyOf(settings.worker().apps())) {
      String name = settings.names().stream(stream);
      for (KclApplication<?> application : applications) {
        if (application.source().stream().equals(name)) {
          looks.add(lag(stream, name, () -> sight(application), outside.kinesis()));
        }
      }
    }
    List<Looks> started = new ArrayList<>();
    started.add(Looks.start("watch", lookEvery, looks));
    for (StreamName stream : others) {
      started.add(Looks.start("watch-" + stream.app(), lookEvery, List.of(lag(stream, outside))));
    }
    return started;
  }

  private static LagWatch.Sight sight(KclApplication<?> application) {
    boolean sure = application.isLagKnown();
    return new LagWatch.Sight(application.lag(), sure);
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

  /** Which nobody tells of when its workers are all dead. */
  private LagWatch lag(StreamName stream, Outside outside) {
    UnownedShards unowned =
        new UnownedShards(
            settings,
            stream,
            outside.kinesis(),
            outside.once(),
            outside.dynamoDb(),
            clock,
            System::nanoTime);
    String name = settings.names().stream(stream);
    return lag(stream, name, new FromOutside(name, unowned::look), outside.kinesis());
  }

  private LagWatch lag(
      StreamName stream, String name, Supplier<LagWatch.Sight> worst, KinesisClient kinesis) {
    Retention retention = new Retention(kinesis, name, System::nanoTime);
    measured.retention(stream, retention::known);
    return new LagWatch(
        stream, name, worst, retention, settings.alarms().behindAfter(), alerts, System::nanoTime);
  }
}
