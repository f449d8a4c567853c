package io.timebridge.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.bootstrap.WebhookPlan.Found;
import io.timebridge.bootstrap.WebhookPlan.Step;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.WebhookRegistry;
import io.timebridge.services.first.WebhookRegistry.Webhook;
import io.timebridge.settings.Secret;
import io.timebridge.stream.Route;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final Map<Long, String> secrets = new HashMap<>();
    private long lastId = 100;
    private int callsLeft = Integer.MAX_VALUE;
    private boolean lastOneLands;

    /** Is out of reach after so many changes; the one that fails may have landed. */
    void cutOffAfter(int changes, boolean lands) {
      callsLeft = changes;
      lastOneLands = lands;
    }

    private void change(Runnable change) throws ServiceTrouble {
      if (callsLeft > 0 || lastOneLands) {
        change.run();
      }
      if (callsLeft-- <= 0) {
        lastOneLands = false;
        throw new ServiceTrouble(ServiceTrouble.Kind.UNKNOWN, "cut off");
      }
    }

    long landed() {
      return calls.size();
    }

    String secret(Webhook hook) {
      return secrets.getOrDefault(hook.id(), "old");
    }

    @Override
    public List<Webhook> webhooks() {
      return List.copyOf(hooks);
    }

    @Override
    public Webhook createWebhook(String url, List<String> subscriptions, Secret secret)
        throws ServiceTrouble {
      Webhook hook = new Webhook(++lastId, url, subscriptions, true);
      change(() -> {
        hooks.add(hook);
        secrets.put(hook.id(), secret.reveal());
        calls.add("create");
      });
      return hook;
    }

    @Override
    public void deleteWebhook(long id) throws ServiceTrouble {
      change(() -> {
        hooks.removeIf(hook -> hook.id() == id);
        calls.add("delete");
      });
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
    List<Webhook> others = others();
    plan(random.nextBoolean()).carryOut(registry, new Secret("s"));
    assertThat(plan(false).steps()).as("seed %d", seed).allMatch(Step::isFine);
    assertThat(registry.hooks).as("seed %d", seed).hasSize(6 + others.size()).containsAll(others);
  }

  private List<Webhook> others() {
    return registry.hooks.stream().filter(h -> h.url().startsWith("https://other.test")).toList();
  }

  @Test
  void neither_of_two_is_chosen() throws Exception {
    String url = HERE + "/timesheet-update";
    registry.hooks.add(new Webhook(1, url, List.of("hours:updated"), true));
    registry.hooks.add(new Webhook(2, url, List.of("hours:updated"), true));
    Step step = plan(false).steps().get(1);
    assertThat(step.found()).isEqualTo(Found.DOUBLED);
    assertThat(step.obsolete()).containsExactly(1L, 2L);
    new WebhookPlan(List.of(step), List.of()).carryOut(registry, new Secret("s"));
    assertThat(registry.calls).containsExactly("create", "delete", "delete");
  }

  @Test
  void a_double_makes_all_routes_suspect() {
    for (String path :
        List.of("timesheet-update", "timesheet-update", "timesheet-backups-update")) {
      registry.hooks.add(
          new Webhook(
              registry.hooks.size() + 1L, HERE + "/" + path, List.of("hours:updated"), true));
    }
    assertThat(plan(false).steps())
        .extracting(Step::found)
        .containsOnlyOnce(Found.DOUBLED, Found.RENEWED)
        .doesNotContain(Found.FINE);
  }

  @ParameterizedTest
  @ValueSource(
      longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23})
  void a_renewal_that_is_cut_off_anywhere_is_finished_by_runs_without_the_flag(long seed)
      throws Exception {
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      registry.hooks.clear();
      registry.calls.clear();
      registry.secrets.clear();
      registry.lastId = 100;
      for (Route route : Arrays.stream(Route.values()).filter(Route::isWebhook).toList()) {
        for (URI base : List.of(HERE, BEFORE, URI.create("https://other.test"))) {
          int many = random.nextInt(4) == 0 ? 2 : random.nextInt(2);
          for (int i = 0; i < many; i++) {
            registry.hooks.add(
                new Webhook(
                    registry.hooks.size() + 1L,
                    base + "/" + route.path(),
                    List.of(WebhookPlan.subscription(route)),
                    random.nextInt(5) > 0));
          }
        }
      }
      List<Webhook> others = others();
      registry.cutOffAfter(random.nextInt(plan(true).changes() + 1), random.nextBoolean());
      boolean renew = true;
      boolean done = false;
      while (!done) {
        try {
          plan(renew).carryOut(registry, new Secret("known"));
          done = true;
        } catch (ServiceTrouble cutOff) {
          renew = registry.landed() == 0;
          registry.cutOffAfter(random.nextInt(40), random.nextBoolean());
        }
      }
      assertThat(registry.hooks)
          .as("seed %d, round %d", seed, round)
          .hasSize(6 + others.size())
          .containsAll(others);
      assertThat(registry.hooks)
          .as("seed %d, round %d", seed, round)
          .filteredOn(hook -> hook.url().startsWith(HERE.toString()))
          .hasSize(6)
          .allSatisfy(hook -> assertThat(registry.secret(hook)).isEqualTo("known"));
    }
  }
}
