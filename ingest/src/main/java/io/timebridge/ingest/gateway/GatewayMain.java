package io.timebridge.ingest.gateway;

import io.timebridge.aws.AwsClients;
import io.timebridge.ingest.EventIds;
import io.timebridge.metrics.Meters;
import io.timebridge.metrics.PublishMeters;
import io.timebridge.process.CannotStart;
import io.timebridge.process.Foreground;
import io.timebridge.publish.KinesisPublisher;
import io.timebridge.publish.Publisher;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import io.timebridge.signature.WebhookSecret;
import io.timebridge.signature.WebhookSignatures;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import io.timebridge.tracing.Tracing;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Wires the gateway process by hand. */
public final class GatewayMain {
  private GatewayMain() {}

  /** A running gateway. Closing it answers what was accepted, then flushes to Kinesis. */
  public static final class Running implements Foreground.Started {
    private final WebhookGateway gateway;
    private final Publisher publisher;
    private final Meters meters;
    private final Tracing tracing;
    private final SelfCall self;

    private Running(WebhookGateway gateway, Publisher publisher, Meters meters, Tracing tracing) {
      this.tracing = tracing;
      this.meters = meters;
      this.gateway = gateway;
      this.publisher = publisher;
      this.self = new SelfCall(gateway.address());
    }

    /** Where it listens, without a trailing slash. */
    public URI address() {
      return gateway.address();
    }

    /** Where its metrics are, if the settings have them. */
    public Optional<URI> metrics() {
      return meters.address();
    }

    @Override
    public String readyLine() {
      return "gateway ready on " + address();
    }

    /** Whether its own door answers {@code GET /health}. */
    @Override
    public Optional<String> trouble() {
      return self.trouble();
    }

    @Override
    public void close() {
      self.close();
      gateway.close();
      publisher.close();
      tracing.close();
      meters.close();
    }
  }

  /**
   * Starts a gateway that publishes to the Kinesis of these settings.
   *
   * @throws CannotStart when there is no usable webhook secret
   * @throws IllegalStateException when its address cannot be listened on
   */
  public static Running start(Settings settings) {
    WebhookSignatures signatures =
        new WebhookSignatures(
            secrets(settings.firstService().webhookSecrets()),
            settings.gateway().signatureTolerance());
    Set<StreamName> streams =
        Arrays.stream(Route.values())
            .filter(Route::isWebhook)
            .map(Route::stream)
            .collect(Collectors.toSet());
    Meters meters = Meters.start(settings.metrics(), "gateway");
    Tracing tracing = Tracing.start(settings.tracing(), "gateway");
    Publisher publisher =
        KinesisPublisher.open(
            new AwsClients(settings.aws()),
            settings.names(),
            streams,
            PublishMeters.of(meters, streams));
    Clock clock = Clock.systemUTC();
    try {
      return new Running(
          WebhookGateway.start(
              settings.gateway(),
              new WebhookGateway.Parts(
                  signatures,
                  publisher,
                  clock,
                  System::nanoTime,
                  new EventIds(clock, new SecureRandom()),
                  WebhookGateway.READ_WITHIN,
                  GatewayMeters.of(meters),
                  tracing)),
          publisher,
          meters,
          tracing);
    } catch (RuntimeException notStarted) {
      publisher.close();
      tracing.close();
      meters.close();
      throw notStarted;
    }
  }

  private static List<WebhookSecret> secrets(List<Secret> secrets) {
    List<Secret> given = secrets.stream().filter(s -> !s.isEmpty()).toList();
    if (given.isEmpty()) {
      throw new CannotStart(
          "first-service.webhook-secrets is not set: without a secret no webhook could be accepted;"
              + " set it to the secret_token of the registered webhooks");
    }
    try {
      return given.stream().map(s -> new WebhookSecret(s.reveal())).toList();
    } catch (IllegalArgumentException unusable) {
      throw new CannotStart("first-service.webhook-secrets: " + unusable.getMessage());
    }
  }
}
