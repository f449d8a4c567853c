package io.timebridge.bootstrap;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService.Refused;
import io.timebridge.services.first.WebhookRegistry;
import io.timebridge.services.first.WebhookRegistry.Webhook;
import io.timebridge.settings.Secret;
import io.timebridge.stream.Route;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be done so that each of the six routes has its one webhook: switched on, at its
 * address, with its subscription. A new one is registered before an old one is deleted, so that for
 * a moment a delivery comes twice, which harms nobody, and none is missed.
 *
 * @param elsewhere webhooks at a route's path below another address: perhaps another deployment's,
 *     and left alone
 */
public record WebhookPlan(List<Step> steps, List<Webhook> elsewhere) {
  public WebhookPlan {
    steps = List.copyOf(steps);
    elsewhere = List.copyOf(elsewhere);
  }

  /** How a route's webhook was found. */
  public enum Found {
    FINE,
    MISSING,
    /** FirstService has switched it off. */
    OFF,
    OTHER_SUBSCRIPTIONS,
    /** Fine, but there are more of the same address, or of one that is to be replaced. */
    DOUBLED,
    /** At the address that is to be replaced alone. */
    MOVED,
    /** To be registered anew because that was asked for. */
    RENEWED
  }

  /**
   * What is to be done for one route.
   *
   * @param obsolete ids of the webhooks to delete, after the new one is there
   */
  public record Step(
      Route route, String url, String subscription, Found found, List<Long> obsolete) {
    public Step {
      obsolete = List.copyOf(obsolete);
    }

    public boolean isFine() {
      return found == Found.FINE;
    }

    boolean registers() {
      return found != Found.FINE && found != Found.DOUBLED;
    }
  }

  /**
   * Makes the plan.
   *
   * @param publicUrl below which the routes are reached, without a slash at its end
   * @param replaced the address before, whose webhooks are to go
   * @param renew whether all are to be registered anew, with another secret
   */
  public static WebhookPlan of(
      List<Webhook> registered, URI publicUrl, Optional<URI> replaced, boolean renew) {
    List<Step> steps = new ArrayList<>();
    Set<Long> ours = new HashSet<>();
    for (Route route : Arrays.stream(Route.values()).filter(Route::isWebhook).toList()) {
      String url = publicUrl + "/" + route.path();
      List<Webhook> here = registered.stream().filter(hook -> hook.url().equals(url)).toList();
      List<Webhook> before =
          registered.stream()
              .filter(hook ->
                  replaced.isPresent() && hook.url().equals(replaced.get() + "/" + route.path()))
              .toList();
      Step step = step(route, url, here, before, renew);
      here.forEach(hook -> ours.add(hook.id()));
      before.forEach(hook -> ours.add(hook.id()));
      steps.add(step);
    }
    return new WebhookPlan(
        steps,
        registered.stream().filter(h -> !ours.contains(h.id()) && isOfARoute(h.url())).toList());
  }

  private static Step step(
      Route route, String url, List<Webhook> here, List<Webhook> before, boolean renew) {
    String subscription = subscription(route);
    Optional<Webhook> good =
        here.stream()
            .filter(Webhook::active)
            .filter(hook -> Set.copyOf(hook.subscriptions()).equals(Set.of(subscription)))
            .findFirst()
            .filter(hook -> !renew);
    List<Long> obsolete = new ArrayList<>();
    here.forEach(hook -> obsolete.add(hook.id()));
    before.forEach(hook -> obsolete.add(hook.id()));
    good.ifPresent(hook -> obsolete.remove(hook.id()));
    Found found;
    if (good.isPresent()) {
      found = obsolete.isEmpty() ? Found.FINE : Found.DOUBLED;
    } else if (here.isEmpty()) {
      found = before.isEmpty() ? Found.MISSING : Found.MOVED;
    } else if (renew) {
      found = Found.RENEWED;
    } else {
      found = here.stream().anyMatch(Webhook::active) ? Found.OTHER_SUBSCRIPTIONS : Found.OFF;
    }
    return new Step(route, url, subscription, found, obsolete);
  }

  private static boolean isOfARoute(String url) {
    return Route.of(url.substring(url.lastIndexOf('/') + 1)).filter(Route::isWebhook).isPresent();
  }

  /** What FirstService is to tell a route of. */
  static String subscription(Route route) {
    return switch (route) {
      case NEW_TIMESHEET_ENTRY, TIMESHEET_BACKUP -> "hours:created";
      case TIMESHEET_UPDATE, TIMESHEET_BACKUPS_UPDATE -> "hours:updated";
      case TIMESHEET_DELETION, TIMESHEET_BACKUPS_DELETION -> "hours:deleted";
      case VERIFY, JOB_CHANGE ->
          throw new IllegalArgumentException("not a webhook: " + route.path());
    };
  }

  /** Whether a webhook is registered at one of the addresses already. */
  public boolean hasAny() {
    return steps.stream()
        .anyMatch(step -> step.found() != Found.MISSING && step.found() != Found.MOVED);
  }

  /** Calls that would change something: registrations and deletions. */
  public int changes() {
    return steps.stream().mapToInt(s -> (s.registers() ? 1 : 0) + s.obsolete().size()).sum();
  }

  /**
   * Carries it out. What is done before trouble stays done; a plan made anew goes on from there.
   *
   * @param secret of the webhooks that are registered
   */
  public void carryOut(WebhookRegistry registry, Secret secret)
      throws ServiceTrouble, Refused, InterruptedException {
    for (Step step : steps) {
      if (step.registers()) {
        registry.createWebhook(step.url(), List.of(step.subscription()), secret);
      }
      for (long id : step.obsolete()) {
        registry.deleteWebhook(id);
      }
    }
  }
}
