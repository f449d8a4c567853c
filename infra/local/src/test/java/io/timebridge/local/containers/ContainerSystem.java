package io.timebridge.local.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.timebridge.aws.AwsClients;
import io.timebridge.local.sim.SimControl;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.DockerImageName;

/**
 * The whole system, each process in a container of its own, on a private network that leads nowhere
 * else. AWS and the services have a second leg on the engine's default network, by which the test
 * looks at them and which stays when they are cut off. Every root is read only, no process is root
 * or has any capability. Stops what it started.
 */
final class ContainerSystem implements AutoCloseable {
  private static final Duration START_WITHIN = Duration.ofMinutes(2);
  private static final Path LOGS = Path.of("target", "containers");

  /** What lets a test wait seconds; a call lands late when its sender was cut off meanwhile. */
  private static final Map<String, String> QUICK =
      Map.ofEntries(
          Map.entry("first-service.send-within", "2s"),
          Map.entry("first-service.lands-within", "12s"),
          Map.entry("first-service.visible-within", "200ms"),
          Map.entry("first-service.call-timeout", "2s"),
          Map.entry("first-service.calls-per-second", "500"),
          Map.entry("first-service.circuit-open-for", "500ms"),
          Map.entry("second-service.send-within", "2s"),
          Map.entry("second-service.lands-within", "12s"),
          Map.entry("second-service.visible-within", "200ms"),
          Map.entry("second-service.call-timeout", "2s"),
          Map.entry("second-service.calls-per-second", "500"),
          Map.entry("second-service.concurrent-calls", "12"),
          Map.entry("second-service.circuit-open-for", "500ms"),
          Map.entry("worker.checkpoint-every", "500ms"),
          Map.entry("worker.retry-max", "2s"),
          Map.entry("poller.every", "1s"));

  private final DockerClient docker = DockerClientFactory.lazyClient();
  private final Network network =
      Network.builder().createNetworkCmdModifier(create -> create.withInternal(true)).build();
  private final Deque<GenericContainer<?>> started = new ArrayDeque<>();
  private final Map<String, String> environment = new TreeMap<>();

  final GenericContainer<?> aws;
  final GenericContainer<?> services;
  final GenericContainer<?> gateway;
  final GenericContainer<?> poller;
  final List<GenericContainer<?>> workers;
  final SimControl first;
  final SimControl second;
  final AwsClients clients;
  final Settings settings;

  ContainerSystem() throws IOException {
    Files.createDirectories(LOGS);
    try {
      Map<String, String> byKey = new HashMap<>(QUICK);
      aws =
          start(
              "aws",
              container(Images.LOCAL, "local-aws", "--reachable-as", "aws", "--health-file", HEALTH)
                  .withExposedPorts(8083, 8084, 8085, 8086, 8087, 8088));
      join(aws, "aws");
      byKey.putAll(printed(aws));
      services =
          start(
              "services",
              container(
                      Images.LOCAL,
                      "sim",
                      "--reachable-as",
                      "services",
                      "--health-file",
                      HEALTH,
                      "--latency",
                      "2",
                      "40",
                      "--concurrent",
                      "12",
                      "--webhooks-to",
                      "http://gateway:8080")
                  .withExposedPorts(8081, 8082));
      join(services, "services");
      byKey.putAll(printed(services));
      byKey.forEach((key, value) -> environment.put(variable(key), value));
      gateway = kept("gateway", private_("gateway", "gateway"));
      poller = kept("poller", private_("poller", "poller"));
      workers =
          List.of(
              kept("worker-1", private_("worker-1", "worker")),
              kept("worker-2", private_("worker-2", "worker")));
      Startables.deepStart(gateway, poller, workers.getFirst(), workers.getLast()).join();
      byKey.replaceAll((key, value) -> seenFromHere(value));
      settings =
          new SettingsLoader()
              .values(byKey, "containers")
              .load((where, path) -> Map.of())
              .settings();
      clients = new AwsClients(settings.aws());
      first = new SimControl(settings.firstService().url());
      second = new SimControl(settings.secondService().url());
    } catch (IOException | RuntimeException notStarted) {
      close();
      throw notStarted;
    }
  }

  private static final String HEALTH = "/run/timebridge/health";

  private static String variable(String key) {
    return "TIMEBRIDGE_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  private GenericContainer<?> private_(String name, String... command) {
    return container(Images.PRODUCT, command)
        .withEnv(environment)
        .withNetwork(network)
        .withNetworkAliases(name);
  }

  private static GenericContainer<?> container(String image, String... command) {
    return new GenericContainer<>(DockerImageName.parse(image))
        .withImagePullPolicy(name -> false)
        .withCommand(command)
        .withEnv(
            "JDK_JAVA_OPTIONS",
            "-Xmx300m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dnetworkaddress.cache.ttl=1 -Dsun.net.inetaddr.ttl=1")
        .withCreateContainerCmdModifier(create ->
            Objects.requireNonNull(create.getHostConfig())
                .withReadonlyRootfs(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges")))
        .waitingFor(Wait.forLogMessage(".* ready.*\\n", 1).withStartupTimeout(START_WITHIN));
  }

  /** Stopped at the end, its log kept. */
  private GenericContainer<?> kept(String name, GenericContainer<?> container) throws IOException {
    Path log = LOGS.resolve(name + ".log");
    Files.deleteIfExists(log);
    container.withLogConsumer(frame -> {
      try {
        Files.writeString(
            log, frame.getUtf8String(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException notWritten) {
        throw new java.io.UncheckedIOException(notWritten);
      }
    });
    started.push(container);
    return container;
  }

  private GenericContainer<?> start(String name, GenericContainer<?> container) throws IOException {
    kept(name, container).start();
    return container;
  }

  /** The settings that a process printed when it was ready. */
  private static Map<String, String> printed(GenericContainer<?> container) {
    String lines =
        container
            .getLogs(org.testcontainers.containers.output.OutputFrame.OutputType.STDOUT)
            .lines()
            .filter(line -> line.contains(" = \""))
            .collect(Collectors.joining("\n"));
    Config config = ConfigFactory.parseString(lines);
    Map<String, String> byKey = new HashMap<>();
    config.entrySet().forEach(e -> byKey.put(e.getKey(), String.valueOf(e.getValue().unwrapped())));
    return byKey;
  }

  private String seenFromHere(String value) {
    return switch (value) {
      case String uri when uri.startsWith("http://aws:") -> mapped(aws, uri);
      case String uri when uri.startsWith("http://services:") -> mapped(services, uri);
      default -> value;
    };
  }

  private static String mapped(GenericContainer<?> container, String uri) {
    return "http://127.0.0.1:" + container.getMappedPort(URI.create(uri).getPort());
  }

  /** Puts it on the private network, by that name. */
  void join(GenericContainer<?> container, String name) {
    docker
        .connectToNetworkCmd()
        .withNetworkId(network.getId())
        .withContainerId(container.getContainerId())
        .withContainerNetwork(new ContainerNetwork().withAliases(name))
        .exec();
  }

  /** Takes it off the private network: its connections break without a word. */
  void cutOff(GenericContainer<?> container) {
    docker
        .disconnectFromNetworkCmd()
        .withNetworkId(network.getId())
        .withContainerId(container.getContainerId())
        .exec();
  }

  /** SIGKILL: nothing is finished, flushed or given back. */
  void kill(GenericContainer<?> container) {
    docker.killContainerCmd(container.getContainerId()).exec();
  }

  /** SIGSTOP: it stands still. */
  void freeze(GenericContainer<?> container) {
    docker.killContainerCmd(container.getContainerId()).withSignal("SIGSTOP").exec();
  }

  void startAgain(GenericContainer<?> container) {
    docker.startContainerCmd(container.getContainerId()).exec();
  }

  /** SIGTERM, and its exit code. */
  long stop(GenericContainer<?> container) {
    docker.stopContainerCmd(container.getContainerId()).withTimeout(60).exec();
    return Objects.requireNonNull(
        docker.inspectContainerCmd(container.getContainerId()).exec().getState().getExitCodeLong());
  }

  /** What the engine's health check says: starting, healthy or unhealthy. */
  String health(GenericContainer<?> container) {
    return docker
        .inspectContainerCmd(container.getContainerId())
        .exec()
        .getState()
        .getHealth()
        .getStatus();
  }

  @Override
  public void close() {
    started.forEach(GenericContainer::stop);
    network.close();
  }
}
