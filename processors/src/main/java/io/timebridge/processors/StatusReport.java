package io.timebridge.processors;

import io.timebridge.alerts.Looks;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.CircuitStatus;
import io.timebridge.lag.ProcessStatus;
import io.timebridge.lag.aws.LagReader;
import io.timebridge.lag.aws.StatusRows;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.settings.Settings;
import io.timebridge.worker.KclApplication;
import io.timebridge.worker.ShardProgress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Lets a worker process tell of itself, again and again: what {@code lag} shows. What cannot be
 * written is told in the log, and the next time comes. Used by one thread, but for {@link
 * #takeAway}, which comes after its last look.
 */
final class StatusReport implements Looks.Look {
  private static final Logger LOG = LoggerFactory.getLogger(StatusReport.class);
  private static final Duration SWEEP_EVERY = Duration.ofMinutes(10);

  private final String worker;
  private final String version;
  private final Duration every;
  private final StatusRows rows;
  private final Circuits circuits;
  private final Map<String, Supplier<List<ShardProgress>>> applications;
  private final Latencies latencies;
  private final InstantSource clock;
  private final Instant startedAt;
  private final ShardWindows windows = new ShardWindows();
  private Instant sweepAt;

  /** The most rows it told itself in; all of them are taken away at the end. */
  private int parts;

  /**
   * @param applications what they have in hand, by the application's name
   * @param circuits of the services that are called
   */
  StatusReport(
      String worker,
      String version,
      Duration every,
      StatusRows rows,
      Circuits circuits,
      Map<String, Supplier<List<ShardProgress>>> applications,
      Latencies latencies,
      InstantSource clock) {
    this.worker = worker;
    this.version = version;
    this.every = every;
    this.rows = rows;
    this.circuits = circuits;
    this.applications = Map.copyOf(applications);
    this.latencies = latencies;
    this.clock = clock;
    this.startedAt = clock.instant();
    this.sweepAt = startedAt.plus(SWEEP_EVERY);
  }

  /**
   * Tells from now on, until it is closed; then what was told is taken away.
   *
   * @return empty when the settings say so
   */
  static Optional<AutoCloseable> start(
      Settings settings,
      String worker,
      List<KclApplication<?>> applications,
      Latencies latencies,
      Map<String, ServiceGate> gates,
      DynamoDbClient dynamoDb,
      InstantSource clock) {
    Duration every = settings.worker().statusEvery();
    if (every.isZero()) {
      return Optional.empty();
    }
    Map<String, Supplier<List<ShardProgress>>> progress = new HashMap<>();
    applications.forEach(a -> progress.put(a.source().application(), a::progress));
    StatusReport report =
        new StatusReport(
            worker,
            Optional.ofNullable(StatusReport.class.getPackage().getImplementationVersion())
                .orElse("unversioned"),
            every,
            new StatusRows(dynamoDb, settings.names()),
            new Circuits(gates, clock),
            progress,
            latencies,
            clock);
    Looks looks = Looks.start("status", every, List.of(report));
    return Optional.of(() -> {
      looks.close();
      report.takeAway();
    });
  }

  @Override
  public void look() throws InterruptedException {
    try {
      ProcessStatus status = status();
      parts = Math.max(parts, rows.write(status));
      if (!status.at().isBefore(sweepAt)) {
        sweepAt = status.at().plus(SWEEP_EVERY);
        rows.removeBefore(status.at().minus(LagReader.FORGOTTEN_AFTER));
      }
    } catch (StoreTrouble trouble) {
      LOG.warn("status: {}", trouble.getMessage());
    }
  }

  /** One more sample of every shard, and all that there is to tell. */
  ProcessStatus status() {
    Instant now = clock.instant();
    Map<String, List<ShardProgress>> progress = new HashMap<>();
    applications.forEach((application, its) -> progress.put(application, its.get()));
    return new ProcessStatus(
        worker,
        version,
        startedAt,
        now,
        every,
        circuits.now(),
        windows.next(now, progress),
        latencies.look(now));
  }

  /** Takes away what was told: the process ends. */
  void takeAway() {
    try {
      rows.remove(worker, parts);
    } catch (StoreTrouble trouble) {
      LOG.warn("status: not taken away, it is forgotten within the hour: {}", trouble.getMessage());
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  /** The circuits of a process, and since when they are as they are. Used by one thread. */
  static final class Circuits {
    private final Map<String, ServiceGate> gates;
    private final InstantSource clock;
    private final Map<String, CircuitStatus> known = new HashMap<>();

    Circuits(Map<String, ServiceGate> gates, InstantSource clock) {
      this.gates = Map.copyOf(gates);
      this.clock = clock;
      now();
    }

    /** As seen now; since when is told to the pace of the looks. */
    List<CircuitStatus> now() {
      List<CircuitStatus> all = new ArrayList<>();
      new TreeMap<>(gates)
          .forEach((service, gate) -> {
            CircuitStatus.Position position = position(gate);
            CircuitStatus before = known.get(service);
            CircuitStatus now =
                before != null && before.position() == position
                    ? before
                    : new CircuitStatus(service, position, clock.instant());
            known.put(service, now);
            all.add(now);
          });
      return all;
    }

    private static CircuitStatus.Position position(ServiceGate gate) {
      return switch (gate.state()) {
        case CLOSED -> CircuitStatus.Position.CLOSED;
        case OPEN -> CircuitStatus.Position.OPEN;
        case TRYING -> CircuitStatus.Position.HALF_OPEN;
      };
    }
  }
}
