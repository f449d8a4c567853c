package io.timebridge.local.aws;

import io.timebridge.aws.AwsClients;
import io.timebridge.local.kinesis.LocalKinesis;
import io.timebridge.local.net.Listen;
import io.timebridge.settings.Settings;
import io.timebridge.stream.Names;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All local AWS services together, in this process and on 127.0.0.1 unless told otherwise: Kinesis,
 * DynamoDB, SQS, SNS, SSM and a CloudWatch that forgets. In memory: {@link #close} forgets
 * everything. Thread-safe.
 */
public final class LocalAws implements AutoCloseable {
  /** The account in every ARN. */
  public static final String ACCOUNT = "000000000000";

  /** The services, by the names that settings and the SDK use for them. */
  public static final Set<String> SERVICES =
      Set.of("kinesis", "dynamodb", "sqs", "sns", "ssm", "cloudwatch");

  private static final Logger LOG = LoggerFactory.getLogger(LocalAws.class);

  /**
   * How to start.
   *
   * @param region the region in ARNs and settings; us-east-1 by default
   * @param ports service -> port; a service that is not named gets any free port
   * @param kinesis how Kinesis behaves; its port and region are taken from the two before
   * @param listen on loopback by default
   */
  public record Options(
      String region, Map<String, Integer> ports, LocalKinesis.Options kinesis, Listen listen) {
    public Options {
      ports = Map.copyOf(ports);
      Set<String> unknown = new TreeSet<>(ports.keySet());
      unknown.removeAll(SERVICES);
      if (!unknown.isEmpty()) {
        throw new IllegalArgumentException(
            "no service " + unknown + "; there are " + new TreeSet<>(SERVICES));
      }
    }

    public static Options defaults() {
      return new Options("us-east-1", Map.of(), LocalKinesis.Options.defaults(), Listen.LOOPBACK);
    }

    public Options withRegion(String newRegion) {
      return new Options(newRegion, ports, kinesis, listen);
    }

    public Options withPorts(Map<String, Integer> newPorts) {
      return new Options(region, newPorts, kinesis, listen);
    }

    public Options withKinesis(LocalKinesis.Options newKinesis) {
      return new Options(region, ports, newKinesis, listen);
    }

    public Options withListen(Listen newListen) {
      return new Options(region, ports, kinesis, newListen);
    }

    private int port(String service) {
      return ports.getOrDefault(service, 0);
    }
  }

  private final String region;
  private final Map<String, LocalPart> parts;

  private LocalAws(String region, Map<String, LocalPart> parts) {
    this.region = region;
    this.parts = parts;
  }

  /** Everything on free ports. */
  public static LocalAws start() {
    return start(Options.defaults());
  }

  /**
   * Starts all services at once and returns when every one answers.
   *
   * @throws IllegalStateException when one does not start; the others are stopped again
   */
  public static LocalAws start(Options options) {
    long started = System.nanoTime();
    String region = options.region();
    Listen listen = options.listen();
    Map<String, LocalPart> parts;
    // Platform threads: starting is mostly class loading, which pins a virtual thread.
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Map<String, CompletableFuture<LocalPart>> starting = new LinkedHashMap<>();
      CompletableFuture<LocalPart> sqs =
          start(threads, () -> LocalSqs.start(listen, options.port("sqs"), region));
      starting.put("sqs", sqs);
      starting.put(
          "dynamodb", start(threads, () -> LocalDynamoDb.start(listen, options.port("dynamodb"))));
      starting.put("kinesis", start(threads, () -> kinesis(options)));
      starting.put(
          "ssm", start(threads, () -> LocalSsm.start(listen, options.port("ssm"), region)));
      starting.put(
          "cloudwatch",
          start(threads, () -> LocalCloudWatch.start(listen, options.port("cloudwatch"))));
      starting.put("sns", sqs.thenApplyAsync(queues -> sns(options, queues), threads));
      parts = finish(starting);
    }
    LOG.info(
        "local AWS answers after {} ms: {}",
        Duration.ofNanos(System.nanoTime() - started).toMillis(),
        parts.keySet());
    return new LocalAws(region, parts);
  }

  private static CompletableFuture<LocalPart> start(
      ExecutorService threads, Supplier<LocalPart> part) {
    return CompletableFuture.supplyAsync(part, threads);
  }

  private static LocalPart sns(Options options, LocalPart sqs) {
    return LocalSns.start(
        LocalSns.Options.defaults(sqs.endpoint())
            .withPort(options.port("sns"))
            .withRegion(options.region()),
        options.listen());
  }

  private static LocalPart kinesis(Options options) {
    LocalKinesis kinesis =
        LocalKinesis.start(
            options.kinesis().withPort(options.port("kinesis")).withRegion(options.region()),
            options.listen());
    return new LocalPart() {
      @Override
      public URI endpoint() {
        return kinesis.endpoint();
      }

      @Override
      public void close() {
        kinesis.close();
      }
    };
  }

  /** Every part, or none: what did start is stopped where another did not. */
  private static Map<String, LocalPart> finish(Map<String, CompletableFuture<LocalPart>> starting) {
    Map<String, LocalPart> parts = new LinkedHashMap<>();
    List<Throwable> failures = new ArrayList<>();
    starting.forEach((service, part) -> {
      try {
        parts.put(service, part.join());
      } catch (CompletionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        if (!failures.contains(cause)) { // SNS fails with SQS's failure
          failures.add(cause);
        }
      }
    });
    if (failures.isEmpty()) {
      return parts;
    }
    parts.values().forEach(LocalPart::close);
    IllegalStateException failure =
        new IllegalStateException(
            "local AWS did not start: " + failures.getFirst().getMessage(), failures.getFirst());
    failures.stream().skip(1).forEach(failure::addSuppressed);
    throw failure;
  }

  /** Where each of {@link #SERVICES} listens, as this machine reaches it. */
  public Map<String, URI> endpoints() {
    Map<String, URI> endpoints = new LinkedHashMap<>();
    parts.forEach((service, part) -> endpoints.put(service, part.endpoint()));
    return endpoints;
  }

  /** See {@link LocalDynamoDb#throttle}. */
  public void throttleDynamoDb(double share, long seed) {
    if (parts.get("dynamodb") instanceof LocalDynamoDb dynamoDb) {
      dynamoDb.throttle(share, seed);
    }
  }

  /** Settings that lead every client here, with made-up credentials. */
  public Settings.Aws settingsAws() {
    return new Settings.Aws(region, endpoints(), true);
  }

  /** Clients of what runs here. */
  public AwsClients clients() {
    return new AwsClients(settingsAws());
  }

  /**
   * Makes what the contract names and waits until it is active; safe to call again.
   *
   * @param shards per stream
   */
  public void createResources(Names names, int shards) {
    Resources.create(clients(), names, ResourceOptions.defaults().withShardsPerStream(shards));
  }

  /** Stops every service; the last background threads of DynamoDB end within two seconds. */
  @Override
  public void close() {
    // SNS first: it delivers to SQS.
    List<LocalPart> order = new ArrayList<>(parts.values());
    order.reversed().forEach(LocalPart::close);
  }
}
