package io.timebridge.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.bootstrap.WebhookPlan.Found;
import io.timebridge.bootstrap.WebhookPlan.Step;
import io.timebridge.services.first.WebhookRegistry;
import io.timebridge.services.first.WebhookRegistry.Webhook;
import io.timebridge.settings.Secret;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookPlanTest {
  private static final URI HERE = URI.create("https://h.test/live");
  private static final URI BEFORE = URI.create("https://old.test");

  /** FirstService, which takes any webhook and gives each a new id. */
  private static final class Registry implements WebhookRegistry {
    private final List<Webhook> hooks = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private long lastId = 100;

    @Override
    public List<Webhook> webhooks() {
      return List.copyOf(hooks);
    }

    @Override
    public Webhook createWebhook(String url, List<String> subscriptions, Secret secret) {
      Webhook hook = new Webhook(++lastId, url, subscriptions, true);
      hooks.add(hook);
      calls.add("create");
      return hook;
    }

    @Override
    public void deleteWebhook(long id) {
      hooks.removeIf(hook -> hook.id() == id);
      calls.add("delete");
    }
  }

  private final Registry registry = new Registry();

  private WebhookPlan plan(boolean renew) {
    return WebhookPlan.of(registry.webhooks(), HERE, Optional.of(BEFORE), renew);
  }

  @Test
  void registers_the_six_and_is_content() throws Exception {
    plan(false).carryOut(registry, new Secret("s"));
    assertThat(registry.hooks).hasSize(6);
    assertThat(plan(false).steps()).allMatch(Step::isFine);
    assertThat(plan(false).changes()).isZero();
  }

  @Test
  void has_the_new_one_before_the_old_one_goes() throws Exception {
    registry.hooks.add(new Webhook(1, HERE + "/timesheet-update", List.of("hours:updated"), false));
    Step step = plan(false).steps().get(1);
    assertThat(step.found()).isEqualTo(Found.OFF);
    new WebhookPlan(List.of(step), List.of()).carryOut(registry, new Secret("s"));
    assertThat(registry.calls).containsExactly("create", "delete");
  }

  @Test
  void another_deployments_webhooks_are_left_alone() {
    registry.hooks.add(
        new Webhook(1, "https://staging.test/timesheet-update", List.of("hours:updated"), true));
    registry.hooks.add(new Webhook(2, "https://crm.test/x", List.of("hours:updated"), true));
    WebhookPlan plan = plan(false);
    assertThat(plan.elsewhere()).extracting(Webhook::id).containsExactly(1L);
    assertThat(plan.steps()).allMatch(step -> step.obsolete().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whatever_is_registered_each_route_ends_with_its_one_webhook_and_others_stay(long seed)
      throws Exception {
    Random random = new Random(seed);
    List<URI> bases = List.of(HERE, BEFORE, URI.create("https://other.test"));
    List<String> paths = List.of("timesheet-update", "timesheet-backup", "new-timesheet-entry");
    List<String> subscriptions = List.of("hours:created", "hours:updated");
    for (int i = 1; i <= 12; i++) {
      String url =
          bases.get(random.nextInt(bases.size())) + "/" + paths.get(random.nextInt(paths.size()));
      registry.hooks.add(
          new Webhook(i, url, List.of(subscriptions.get(random.nextInt(2))), random.nextBoolean()));
    }
    List<Webhook> others =
        registry.hooks.stream().filter(h -> h.url().startsWith("https://other.test")).toList();
    plan(random.nextBoolean()).carryOut(registry, new Secret("s"));
    assertThat(plan(false).steps()).as("seed %d", seed).allMatch(Step::isFine);
    assertThat(registry.hooks).as("seed %d", seed).hasSize(6 + others.size()).containsAll(others);
  }
}
