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
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be done so that each of the six routes has its one webhook: switched on, at its
 * address, with its subscription. All new ones are registered before any old one is deleted, so
 * that for a moment a delivery comes twice, which harms nobody, and none is missed.
 *
 * <p>Nobody can tell which of two webhooks has the secret that is known here, so none is chosen:
 * doubles make room for a new one. Two at one address may be what a renewal left that was cut off,
 * with others of the old secret elsewhere: then all are registered anew. From the first
 * registration of a renewal to its last deletion some route has two.
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
    /**
     * There is a good one, and another of the same address, or of one that is to be replaced; which
     * has which secret is not known.
     */
    DOUBLED,
    /** At the address that is to be replaced alone. */
    MOVED,
    /** Good, and registered anew: that was asked for, or a renewal may have been cut off. */
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
      return found != Found.FINE;
    }

    /** Whether a webhook is at the address already. */
    boolean isThere() {
      return found != Found.MISSING && found != Found.MOVED;
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
    List<Route> routes = Arrays.stream(Route.values()).filter(Route::isWebhook).toList();
    boolean cutOff = routes.stream().anyMatch(route -> at(registered, publicUrl, route).size() > 1);
    List<Step> steps = new ArrayList<>();
    Set<Long> ours = new HashSet<>();
    for (Route route : routes) {
      List<Webhook> here = at(registered, publicUrl, route);
      List<Webhook> before = replaced.map(base -> at(registered, base, route)).orElse(List.of());
      Step step = step(route, publicUrl + "/" + route.path(), here, before, renew || cutOff);
      here.forEach(hook -> ours.add(hook.id()));
      before.forEach(hook -> ours.add(hook.id()));
      steps.add(step);
    }
    return new WebhookPlan(
        steps,
        registered.stream().filter(h -> !ours.contains(h.id()) && isOfARoute(h.url())).toList());
  }

  private static List<Webhook> at(List<Webhook> registered, URI base, Route route) {
    String url = base + "/" + route.path();
    return registered.stream().filter(hook -> hook.url().equals(url)).toList();
  }

  private static Step step(
      Route route, String url, List<Webhook> here, List<Webhook> before, boolean anew) {
    String subscription = subscription(route);
    boolean good =
        here.stream()
            .filter(Webhook::active)
            .anyMatch(hook -> Set.copyOf(hook.subscriptions()).equals(Set.of(subscription)));
    Found found;
    if (here.isEmpty()) {
      found = before.isEmpty() ? Found.MISSING : Found.MOVED;
    } else if (!good) {
      found = here.stream().anyMatch(Webhook::active) ? Found.OTHER_SUBSCRIPTIONS : Found.OFF;
    } else if (here.size() + before.size() > 1) {
      found = Found.DOUBLED;
    } else {
      found = anew ? Found.RENEWED : Found.FINE;
    }
    List<Long> obsolete = new ArrayList<>();
    if (found != Found.FINE) {
      here.forEach(hook -> obsolete.add(hook.id()));
      before.forEach(hook -> obsolete.add(hook.id()));
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
    return steps.stream().anyMatch(Step::isThere);
  }

  /** Calls that would change something: registrations and deletions. */
  public int changes() {
    return steps.stream().mapToInt(s -> (s.registers() ? 1 : 0) + s.obsolete().size()).sum();
  }

  /**
   * Carries it out. What is done before trouble stays done; a plan made anew goes on from there.
   * Once the first call of a renewal has landed it needs no {@code renew} for that.
   *
   * @param secret of the webhooks that are registered
   */
  public void carryOut(WebhookRegistry registry, Secret secret)
      throws ServiceTrouble, Refused, InterruptedException {
    for (Step step : inOrder()) {
      if (step.registers()) {
        registry.createWebhook(step.url(), List.of(step.subscription()), secret);
      }
    }
    for (Step step : steps) {
      for (long id : step.obsolete()) {
        registry.deleteWebhook(id);
      }
    }
  }

  /** First those whose new webhook makes two at one address, which tells the next run. */
  private List<Step> inOrder() {
    return steps.stream().sorted(Comparator.comparing(step -> !step.isThere())).toList();
  }
}
