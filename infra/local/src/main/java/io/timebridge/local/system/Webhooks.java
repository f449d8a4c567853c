package io.timebridge.local.system;

import io.timebridge.stream.Route;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Registers the six webhooks with FirstService, as its own API takes them. */
public final class Webhooks {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Webhooks() {}

  /**
   * Registers one webhook per route.
   *
   * @param gateway where they are to be delivered
   * @param settings by key: FirstService's address, account, access token and webhook secret
   * @throws IOException when FirstService cannot be reached or refuses
   */
  public static void register(URI gateway, Map<String, String> settings)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
      for (Route route : Arrays.stream(Route.values()).filter(Route::isWebhook).toList()) {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode webhook = body.putObject("webhook");
        webhook.put("url", gateway + "/" + route.path());
        webhook.putArray("subscriptions").add(subscription(route));
        webhook.put("secret_token", settings.get("first-service.webhook-secrets"));
        webhook.put("active", true);
        HttpResponse<String> answer =
            http.send(
                HttpRequest.newBuilder(
                        URI.create(
                            settings.get("first-service.url")
                                + "/1.1/"
                                + settings.get("first-service.account-id")
                                + "/webhooks"))
                    .timeout(Duration.ofSeconds(10))
                    .header("Authorization", "Bearer " + settings.get("first-service.access-token"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 201) {
          throw new IOException(
              "FirstService did not take the webhook for %s: %d %s"
                  .formatted(route.path(), answer.statusCode(), answer.body()));
        }
      }
    }
  }

  private static String subscription(Route route) {
    return switch (route) {
      case NEW_TIMESHEET_ENTRY, TIMESHEET_BACKUP -> "hours:created";
      case TIMESHEET_UPDATE, TIMESHEET_BACKUPS_UPDATE -> "hours:updated";
      case TIMESHEET_DELETION, TIMESHEET_BACKUPS_DELETION -> "hours:deleted";
      case VERIFY, JOB_CHANGE ->
          throw new IllegalArgumentException("not a webhook: " + route.path());
    };
  }
}
