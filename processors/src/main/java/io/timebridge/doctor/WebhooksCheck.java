package io.timebridge.doctor;

import io.timebridge.bootstrap.WebhookPlan;
import io.timebridge.bootstrap.WebhookPlan.Found;
import io.timebridge.bootstrap.WebhookPlan.Step;
import io.timebridge.doctor.Finding.Warning;
import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.HttpFirstService;
import io.timebridge.services.first.TokenPair;
import io.timebridge.services.first.TokenStore;
import io.timebridge.services.first.WebhookRegistry.Webhook;
import io.timebridge.settings.Secret;
import io.timebridge.stream.Route;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * FirstService tells each of the six routes of what happens: one webhook each, switched on, at one
 * address, with its subscription. Which secret a webhook has cannot be seen.
 */
final class WebhooksCheck {
  private static final String BOOTSTRAP = "./timebridge bootstrap --public-url ";

  private final FirstReads first;
  private final List<Secret> secrets;
  private final Optional<URI> publicUrl;

  /**
   * @param publicUrl below which the routes are reached, without a slash at its end; empty = where
   *     most of them are registered
   */
  WebhooksCheck(FirstReads first, List<Secret> secrets, Optional<URI> publicUrl) {
    this.first = first;
    this.secrets = List.copyOf(secrets);
    this.publicUrl = publicUrl;
  }

  List<Finding> look() throws TokenStore.Unavailable, ServiceTrouble, InterruptedException {
    TokenPair pair = first.pair();
    if (first.isToBeRefreshed(pair)) {
      return List.of(FirstReads.notNow());
    }
    List<Finding> findings = new ArrayList<>();
    List<Webhook> registered;
    try (HttpFirstService service = first.open(pair)) {
      registered = service.webhooks();
    }
    Optional<URI> base = publicUrl.or(() -> mostUsed(registered));
    if (base.isEmpty()) {
      findings.add(new Wrong("no webhook is registered", BOOTSTRAP + "https://HOST"));
    } else {
      findings.addAll(judge(registered, base.get()));
    }
    if (secrets.stream().allMatch(Secret::isEmpty)) {
      findings.add(
          new Wrong(
              "first-service.webhook-secrets is not set: no delivery can be believed",
              "set it to what the webhooks were registered with, or with ssm.path set: "
                  + BOOTSTRAP
                  + base.map(URI::toString).orElse("https://HOST")
                  + " --renew-webhooks"));
    }
    return findings;
  }

  private static List<Finding> judge(List<Webhook> registered, URI base) {
    List<Finding> findings = new ArrayList<>();
    WebhookPlan plan = WebhookPlan.of(registered, base, Optional.empty(), false);
    int fine = 0;
    for (Step step : plan.steps()) {
      if (step.found() == Found.DOUBLED) {
        findings.add(
            new Warning(
                step.url() + " has two webhooks, perhaps with another secret", BOOTSTRAP + base));
      } else if (words(step.found()).isEmpty()) {
        fine++;
      } else {
        findings.add(
            new Wrong(
                "the webhook of %s %s".formatted(step.url(), words(step.found())),
                BOOTSTRAP + base));
      }
    }
    if (fine == plan.steps().size()) {
      findings.add(new Well("all %d webhooks at %s are on".formatted(fine, base)));
    }
    if (!plan.elsewhere().isEmpty()) {
      findings.add(
          new Warning(
              "webhooks of the same routes at other addresses: "
                  + String.join(
                      ", ", new TreeSet<>(plan.elsewhere().stream().map(Webhook::url).toList())),
              "none, if they are another deployment's; an address before this one: "
                  + BOOTSTRAP
                  + base
                  + " --replaces URL"));
    }
    return findings;
  }

  /** Empty where nothing is wrong with this one. */
  private static String words(Found found) {
    return switch (found) {
      case MISSING, MOVED -> "is not registered";
      case OFF ->
          "is switched off: FirstService gave up after failures, what was missed is not sent again";
      case OTHER_SUBSCRIPTIONS -> "has other subscriptions";
      case FINE, RENEWED, DOUBLED -> "";
    };
  }

  /** The address that most of the six routes are registered at. */
  private static Optional<URI> mostUsed(List<Webhook> registered) {
    List<String> paths =
        Arrays.stream(Route.values()).filter(Route::isWebhook).map(r -> "/" + r.path()).toList();
    Map<String, Integer> bases = new TreeMap<>();
    for (Webhook hook : registered) {
      for (String path : paths) {
        if (hook.url().endsWith(path)) {
          bases.merge(
              hook.url().substring(0, hook.url().length() - path.length()), 1, Integer::sum);
        }
      }
    }
    return bases.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .flatMap(most -> address(most.getKey()));
  }

  private static Optional<URI> address(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException notAnAddress) {
      return Optional.empty(); // registered by hand; told as not registered
    }
  }
}
