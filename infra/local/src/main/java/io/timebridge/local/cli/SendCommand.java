package io.timebridge.local.cli;

import io.timebridge.aws.SsmParameters;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.signature.WebhookSecret;
import io.timebridge.signature.WebhookSignatures;
import io.timebridge.stream.Route;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code send}: signs a body as FirstService does and posts it to the gateway. Exit code 0 for a
 * 2xx answer, else 1.
 */
@Command(
    name = "send",
    mixinStandardHelpOptions = true,
    description = {
      "Signs a body with the first configured webhook secret and posts it to the gateway; prints the answer.",
      "Exit codes: 0 answered with 2xx, 1 with anything else or not at all, 2 unusable options or settings."
    })
public final class SendCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--route",
      required = true,
      paramLabel = "R",
      description =
          "new-timesheet-entry, timesheet-update, timesheet-deletion, timesheet-backup, timesheet-backups-update or timesheet-backups-deletion.")
  private String route = "";

  @Option(
      names = "--scheme",
      defaultValue = "x-signature",
      paramLabel = "x-signature|standard",
      description = "Signature scheme (default: ${DEFAULT-VALUE}).")
  private String scheme = "";

  @Option(
      names = "--to",
      paramLabel = "URL",
      description =
          "Address of the gateway (default: gateway.host and gateway.port of the settings).")
  private @Nullable URI to;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings file.")
  private @Nullable Path config;

  @Parameters(paramLabel = "FILE", description = "The body; - reads standard input.")
  private String file = "";

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandLine line = Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
    if (Route.of(route).filter(Route::isWebhook).isEmpty()) {
      throw new CommandLine.ParameterException(
          line, "--route is none of the six webhook routes: " + route);
    }
    if (!scheme.equals("x-signature") && !scheme.equals("standard")) {
      throw new CommandLine.ParameterException(
          line, "--scheme must be x-signature or standard: " + scheme);
    }
    Settings settings =
        SettingsLoader.standard(Path.of(""), Optional.ofNullable(config), System.getenv())
            .load(new SsmParameters())
            .settings();
    Secret secret =
        settings.firstService().webhookSecrets().stream()
            .findFirst()
            .orElseThrow(() ->
                new CommandLine.ParameterException(
                    line,
                    "first-service.webhook-secrets is not set, and no local system runs in this folder"));
    HttpResponse<String> answer = post(settings, body(line), new WebhookSecret(secret.reveal()));
    line.getOut().println(answer.statusCode() + " " + answer.body());
    return answer.statusCode() / 100 == 2 ? 0 : 1;
  }

  private byte[] body(CommandLine line) throws IOException {
    if (file.equals("-")) {
      return System.in.readAllBytes();
    }
    try {
      return Files.readAllBytes(Path.of(file));
    } catch (NoSuchFileException missing) {
      throw new CommandLine.ParameterException(line, "FILE " + file + ": no such file", missing);
    } catch (IOException unreadable) {
      throw new CommandLine.ParameterException(
          line, "FILE " + file + ": cannot be read: " + unreadable, unreadable);
    }
  }

  private HttpResponse<String> post(Settings settings, byte[] body, WebhookSecret secret)
      throws IOException, InterruptedException {
    URI gateway =
        to != null
            ? to
            : URI.create("http://" + settings.gateway().host() + ":" + settings.gateway().port());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(gateway + "/" + route))
            .timeout(Duration.ofSeconds(15))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (scheme.equals("standard")) {
      WebhookSignatures.signStandard(secret, "msg_" + UUID.randomUUID(), Instant.now(), body)
          .forEach(request::header);
    } else {
      request.header("X-Signature", WebhookSignatures.sign(secret, body));
    }
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (java.net.ConnectException refused) {
      throw new IOException(
          "no gateway listens at " + gateway + " (gateway.host, gateway.port, or --to)", refused);
    }
  }
}
