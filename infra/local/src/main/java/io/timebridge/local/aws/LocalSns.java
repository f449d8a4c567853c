package io.timebridge.local.aws;

import io.timebridge.aws.AwsClients;
import io.timebridge.local.net.Listen;
import io.timebridge.settings.Settings;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * Amazon SNS inside this process, in memory, on 127.0.0.1: standard topics, subscriptions of SQS
 * queues and HTTP endpoints, {@code Publish} and {@code PublishBatch} with message attributes.
 * Thread-safe.
 *
 * <p>Subscriptions are confirmed at once and no confirmation is sent. Delivery is asynchronous, in
 * order per subscription, with retries; a slow or dead subscriber slows nobody else, and loses what
 * its bounded queue cannot hold. Not offered, and refused by name: FIFO topics, filter policies,
 * other protocols, signatures that can be checked.
 *
 * <p>Beside the API, {@code GET /__admin/messages?after=N} shows the last published messages with a
 * number above N, and {@code GET /__admin/subscriptions} how many each subscription got.
 */
public final class LocalSns implements LocalPart {
  private final LoopbackServer server;
  private final SnsTopics topics;
  private final SqsClient sqs;
  private final HttpClient http;
  private final ExecutorService threads;
  private final AtomicBoolean closed = new AtomicBoolean();

  private LocalSns(
      LoopbackServer server,
      SnsTopics topics,
      SqsClient sqs,
      HttpClient http,
      ExecutorService threads) {
    this.server = server;
    this.topics = topics;
    this.sqs = sqs;
    this.http = http;
    this.threads = threads;
  }

  /**
   * How it behaves.
   *
   * @param port 0 for any free port
   * @param region the region in ARNs
   * @param sqs where the queues are that subscriptions name
   * @param clock the time of messages
   * @param waiting messages that may wait for one subscription; 1,000 by default
   * @param retries attempts after the first; 3 by default
   * @param firstBackoff wait before the first retry, doubled each time; 200 ms by default
   * @param httpTimeout longest wait for a subscriber's answer; 5 s by default
   * @param remembered messages that the admin page can show; 1,000 by default
   */
  public record Options(
      int port,
      String region,
      URI sqs,
      InstantSource clock,
      int waiting,
      int retries,
      Duration firstBackoff,
      Duration httpTimeout,
      int remembered) {
    public Options {
      if (waiting < 1 || retries < 0 || remembered < 1) {
        throw new IllegalArgumentException(
            "waiting and remembered must be at least 1 and retries 0, not "
                + waiting
                + ", "
                + remembered
                + " and "
                + retries);
      }
    }

    /** Any free port, us-east-1, and the defaults named above. */
    public static Options defaults(URI sqs) {
      return new Options(
          0,
          "us-east-1",
          sqs,
          InstantSource.system(),
          1_000,
          3,
          Duration.ofMillis(200),
          Duration.ofSeconds(5),
          1_000);
    }

    public Options withPort(int newPort) {
      return new Options(
          newPort, region, sqs, clock, waiting, retries, firstBackoff, httpTimeout, remembered);
    }

    public Options withRegion(String newRegion) {
      return new Options(
          port, newRegion, sqs, clock, waiting, retries, firstBackoff, httpTimeout, remembered);
    }

    public Options withWaiting(int count) {
      return new Options(
          port, region, sqs, clock, count, retries, firstBackoff, httpTimeout, remembered);
    }

    public Options withRetries(int count, Duration backoff) {
      return new Options(
          port, region, sqs, clock, waiting, count, backoff, httpTimeout, remembered);
    }

    public Options withRemembered(int count) {
      return new Options(
          port, region, sqs, clock, waiting, retries, firstBackoff, httpTimeout, count);
    }
  }

  /**
   * Starts it and returns when it answers.
   *
   * @throws IllegalStateException when the port cannot be bound
   */
  public static LocalSns start(Options options) {
    return start(options, Listen.LOOPBACK);
  }

  /** As {@link #start(Options)}, on these addresses. */
  static LocalSns start(Options options, Listen listen) {
    JsonMapper json = JsonMapper.shared();
    SnsTopics topics = new SnsTopics(options.remembered());
    AtomicReference<LoopbackServer.@Nullable Handler> handler = new AtomicReference<>();
    // The API needs the port in what it writes, and the server needs a handler to get a port.
    LoopbackServer server =
        LoopbackServer.start(
            "local-sns",
            listen,
            options.port(),
            ask -> {
              LoopbackServer.Handler ready = handler.get();
              return ready == null
                  ? LoopbackServer.Answer.of(503, "text/plain", "starting\n")
                  : ready.handle(ask);
            });
    SqsClient sqs =
        new AwsClients(new Settings.Aws(options.region(), Map.of("sqs", options.sqs()), true))
            .sqs();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(options.httpTimeout())
            .executor(threads)
            .build();
    SnsEnvelope envelope = new SnsEnvelope(json, server.endpoint());
    SnsDelivery.Policy policy =
        new SnsDelivery.Policy(options.waiting(), options.retries(), options.firstBackoff());
    SnsApi api =
        new SnsApi(
            topics,
            options.region(),
            json,
            options.clock(),
            subscription ->
                new SnsDelivery(
                    subscription,
                    subscription.isSqs()
                        ? new SnsToSqs(sqs, envelope, subscription)
                        : new SnsToHttp(http, options.httpTimeout(), envelope, subscription),
                    policy));
    SnsAdmin admin = new SnsAdmin(topics, json);
    handler.set(ask -> ask.path().startsWith(SnsAdmin.PATH) ? admin.handle(ask) : api.handle(ask));
    return new LocalSns(server, topics, sqs, http, threads);
  }

  @Override
  public URI endpoint() {
    return server.endpoint();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      server.close();
      topics.close();
      http.shutdownNow();
      sqs.close();
      threads.shutdownNow();
    }
  }
}
