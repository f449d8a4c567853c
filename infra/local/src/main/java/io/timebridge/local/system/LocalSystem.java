package io.timebridge.local.system;

import io.timebridge.aws.AwsClients;
import io.timebridge.ingest.gateway.GatewayMain;
import io.timebridge.ingest.poller.PollerMain;
import io.timebridge.local.aws.LocalAws;
import io.timebridge.processors.WorkerMain;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole system in this process, on loopback, in memory. The parts are those of the separate
 * processes and talk to each other only over HTTP and the streams. {@link #close} stops all of it,
 * in the order in which data flows, so that what was accepted is applied.
 */
public final class LocalSystem implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalSystem.class);

  /** Settings that let a local system wait seconds where a deployed one waits half a minute. */
  private static final Map<String, String> QUICK =
      Map.ofEntries(
          Map.entry("first-service.send-within", "2s"),
          Map.entry("first-service.lands-within", "3s"),
          Map.entry("first-service.visible-within", "200ms"),
          Map.entry("second-service.send-within", "2s"),
          Map.entry("second-service.lands-within", "3s"),
          Map.entry("second-service.visible-within", "200ms"),
          Map.entry("second-service.call-timeout", "2s"),
          Map.entry("second-service.calls-per-second", "500"),
          Map.entry("second-service.concurrent-calls", "6"),
          Map.entry("second-service.circuit-open-for", "1s"),
          Map.entry("second-service.ramp-up-for", "2s"),
          Map.entry("first-service.call-timeout", "2s"),
          Map.entry("first-service.calls-per-second", "500"),
          Map.entry("first-service.circuit-open-for", "1s"),
          Map.entry("first-service.ramp-up-for", "2s"),
          Map.entry("worker.checkpoint-every", "500ms"),
          Map.entry("worker.retry-max", "3s"),
          Map.entry("reconcile.settle-for", "2s"),
          Map.entry("poller.every", "1s"));

  /** Beside those of AWS and of both services. */
  private static final Set<String> OWN = Set.of("gateway.port", "ssm.path");

  /**
   * What to start.
   *
   * @param shards of each stream
   * @param overrides settings by key, over the local defaults
   */
  public record Options(
      Ports ports, Simulators.Behaviour behaviour, int shards, Map<String, String> overrides) {
    public Options {
      overrides = Map.copyOf(overrides);
    }

    /** Calm services, two shards. */
    public static Options calm(Ports ports, long seed) {
      return new Options(ports, Simulators.Behaviour.calm(seed), 2, Map.of());
    }
  }

  private final Deque<Part> parts = new ArrayDeque<>();
  private final Map<String, String> byKey = new LinkedHashMap<>();

  /** Something to stop, and what to call it. */
  private record Part(String name, AutoCloseable part) {}

  private final LocalAws aws;
  private final Simulators simulators;
  private final Settings settings;
  private final GatewayMain.Running gateway;
  private final WorkerMain.Running worker;
  private final PollerMain.Running poller;

  private LocalSystem(Options options, Consumer<String> progress)
      throws IOException, InterruptedException {
    try {
      progress.accept("starting AWS: Kinesis, DynamoDB, SQS, SNS, SSM");
      aws =
          part("aws", LocalAws.start(LocalAws.Options.defaults().withPorts(options.ports().aws())));
      progress.accept("starting both services");
      simulators = part("services", Simulators.start(options.ports(), options.behaviour()));
      byKey.putAll(QUICK);
      byKey.putAll(SettingsText.aws(aws.endpoints()));
      byKey.putAll(simulators.settings());
      byKey.put("gateway.port", Integer.toString(options.ports().of("gateway")));
      byKey.putAll(options.overrides());
      Settings wanted = load(byKey);
      progress.accept("creating streams, tables, queues and the topic");
      aws.createResources(wanted.names(), options.shards());
      progress.accept("starting gateway, workers and poller");
      gateway = part("gateway", GatewayMain.start(withMetrics(0)));
      byKey.put("gateway.port", Integer.toString(gateway.address().getPort()));
      settings = load(byKey);
      Webhooks.register(gateway.address(), byKey);
      worker = part("worker", WorkerMain.start(withMetrics(1)));
      poller = part("poller", PollerMain.start(withMetrics(2)));
    } catch (IOException | InterruptedException | RuntimeException notStarted) {
      close();
      throw notStarted;
    }
  }

  /**
   * Starts everything; ready when it returns.
   *
   * @param progress told before each step
   * @throws IOException when a part cannot listen or be reached
   */
  public static LocalSystem start(Options options, Consumer<String> progress)
      throws IOException, InterruptedException {
    return new LocalSystem(options, progress);
  }

  /** Whether a setting leads to a part of the local system, which makes it itself. */
  public static boolean isOwn(String key) {
    return key.startsWith("aws.") || OWN.contains(key) || Simulators.KEYS.contains(key);
  }

  public Settings settings() {
    return settings;
  }

  /**
   * The settings of the running system by key, secrets among them; for another process's {@code
   * timebridge.conf}.
   */
  public Map<String, String> settingsByKey() {
    TreeMap<String, String> shared = new TreeMap<>(byKey);
    shared.remove(METRICS_PORT); // taken by this process
    return shared;
  }

  /** Where gateway, worker and poller have their metrics, in this order; none without a port. */
  public List<URI> metrics() {
    return Stream.of(gateway.metrics(), worker.metrics(), poller.metrics())
        .flatMap(Optional::stream)
        .toList();
  }

  /** The settings of one of its processes: three ports in a row, or three that are free. */
  private Settings withMetrics(int next) {
    Map<String, String> own = new TreeMap<>(byKey);
    String port = own.getOrDefault(METRICS_PORT, "");
    if (!port.isEmpty() && !port.equals("0")) {
      own.put(METRICS_PORT, Integer.toString(Integer.parseInt(port) + next));
    }
    return load(own);
  }

  public Simulators simulators() {
    return simulators;
  }

  public URI gateway() {
    return gateway.address();
  }

  public AwsClients aws() {
    return aws.clients();
  }

  /** Stops the workers alone: what comes from now on waits in the streams. */
  public void stopWorkers() {
    parts.removeIf(part -> part.name().equals("worker"));
    worker.close();
  }

  /** Records that workers have taken off the streams and not finished. */
  public int unfinished() {
    return worker.unfinished();
  }

  /**
   * Stops poller, gateway, workers, services and AWS, in that order; goes on when one does not stop
   * cleanly.
   */
  @Override
  public void close() {
    List<String> failed = new ArrayList<>();
    List<Part> order = new ArrayList<>(parts);
    order.sort(java.util.Comparator.comparingInt(p -> STOP_ORDER.indexOf(p.name())));
    for (Part part : order) {
      try {
        part.part().close();
      } catch (Exception e) { // the edge of a part: the others still have to be stopped
        LOG.error("{} did not stop cleanly", part.name(), e);
        failed.add(part.name());
      }
    }
    parts.clear();
    if (!failed.isEmpty()) {
      throw new IllegalStateException("did not stop cleanly: " + String.join(", ", failed));
    }
  }

  private static final String METRICS_PORT = "metrics.port";

  private static final List<String> STOP_ORDER =
      List.of("poller", "gateway", "worker", "services", "aws");

  private <T extends AutoCloseable> T part(String name, T part) {
    parts.push(new Part(name, part));
    return part;
  }

  private static Settings load(Map<String, String> byKey) {
    return new SettingsLoader()
        .values(byKey, "local system")
        .load((where, path) -> Map.of())
        .settings();
  }
}
