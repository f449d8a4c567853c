package io.timebridge.local.containers;

import io.timebridge.aws.AwsClients;
import io.timebridge.aws.RequiredResources;
import io.timebridge.local.aws.ResourceOptions;
import io.timebridge.local.aws.Resources;
import io.timebridge.settings.Settings;
import io.timebridge.stream.Names;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * An emulator of AWS that others made, in a container: {@code
 * -Dtimebridge.emulator.image=localstack/localstack:4.0} (and {@code -Dtimebridge.emulator.port},
 * 4566 by default). Pulled where that is possible. Our own can stand in for it: {@code
 * timebridge-local:TAG}.
 */
public final class Emulator implements AutoCloseable {
  private static final Duration ANSWERS_WITHIN = Duration.ofMinutes(3);
  private static final List<String> SERVICES =
      List.of("kinesis", "dynamodb", "sqs", "sns", "ssm", "cloudwatch");

  private final GenericContainer<?> container;
  private final AwsClients clients;

  private Emulator(GenericContainer<?> container, AwsClients clients) {
    this.container = container;
    this.clients = clients;
  }

  /** Starts it with all resources of these names; skips the test where no image is named. */
  public static Emulator start(Names names) {
    String image = System.getProperty("timebridge.emulator.image", "");
    if (image.isEmpty()) {
      Images.skip("no -Dtimebridge.emulator.image (an AWS emulator to hold the contract against)");
    }
    Images.requireEngine();
    boolean ours = image.startsWith("timebridge-local:");
    Map<String, Integer> ports = new HashMap<>();
    for (int s = 0; s < SERVICES.size(); s++) {
      ports.put(
          SERVICES.get(s), ours ? 8083 + s : Integer.getInteger("timebridge.emulator.port", 4566));
    }
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(image))
            .withExposedPorts(ports.values().stream().distinct().toArray(Integer[]::new))
            .waitingFor(new Unwaited());
    if (ours) {
      container
          .withImagePullPolicy(name -> false)
          .withCommand("local-aws", "--reachable-as", "aws", "--name-prefix", "other-");
    }
    container.start();
    Map<String, URI> endpoints = new HashMap<>();
    ports.forEach((service, port) ->
        endpoints.put(service, URI.create("http://127.0.0.1:" + container.getMappedPort(port))));
    AwsClients clients = new AwsClients(new Settings.Aws("us-east-1", endpoints, true));
    try {
      awaitAnswer(clients, names);
      Resources.create(clients, names, ResourceOptions.defaults().withShardsPerStream(1));
      Images.say("AWS by " + image);
      return new Emulator(container, clients);
    } catch (RuntimeException notUsable) {
      container.stop();
      throw notUsable;
    }
  }

  /** Until every service answers, and says that nothing of the product is there yet. */
  private static void awaitAnswer(AwsClients clients, Names names) {
    Awaitility.await()
        .atMost(ANSWERS_WITHIN)
        .ignoreExceptionsInstanceOf(SdkException.class)
        .until(() -> !RequiredResources.everything().missing(clients, names).isEmpty());
  }

  public AwsClients clients() {
    return clients;
  }

  @Override
  public void close() {
    container.stop();
  }

  /** Every emulator says something else when it is ready; what counts is that it answers. */
  private static final class Unwaited extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {}
  }
}
