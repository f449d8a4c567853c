package io.timebridge.local.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.sim.SimControl;
import io.timebridge.local.sim.first.FirstServiceSim;
import io.timebridge.local.sim.second.SecondServiceSim;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.DynamoDbTokenStore;
import io.timebridge.services.first.HttpFirstService;
import io.timebridge.services.first.StoredTokens;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.HttpSecondService;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.Names;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Both clients against the simulators and a real DynamoDB engine, with many callers at once. */
class ServicesInAFleetTest {
  private static final InstantSource CLOCK = InstantSource.system();

  private static Settings settings(Map<String, String> byKey) {
    Map<String, String> all = new HashMap<>(byKey);
    for (String service : List.of("first-service", "second-service")) {
      all.putIfAbsent(service + ".calls-per-second", "10000");
      all.putIfAbsent(service + ".concurrent-calls", "64");
    }
    return new SettingsLoader().values(all, "test").load((aws, path) -> Map.of()).settings();
  }

  /** What each of {@code callers} got that called at the same moment. */
  private static <T> List<T> together(List<Callable<T>> calls) throws Exception {
    CyclicBarrier start = new CyclicBarrier(calls.size());
    List<T> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> call : calls) {
        futures.add(
            threads.submit(() -> {
              start.await(30, TimeUnit.SECONDS);
              return call.call();
            }));
      }
      for (Future<T> future : futures) {
        results.add(future.get());
      }
    }
    return results;
  }

  @Test
  void refreshes_once_for_fifty_callers_of_two_processes_whose_token_ended() throws Exception {
    try (CoordinationTable table = new CoordinationTable();
        FirstServiceSim sim =
            FirstServiceSim.start(
                FirstServiceSim.Options.defaults()
                    .withCredentials(
                        new FirstServiceSim.Credentials(
                            "timebridge", "s", "ended-before-we-came", "refresh", null, true)));
        SimControl control = new SimControl(sim.baseUri())) {
      Names names = table.fresh();
      Settings settings =
          settings(
              Map.of(
                  "first-service.url", sim.baseUri().toString(),
                  "first-service.client-secret", "s",
                  "first-service.access-token", "no-more-good",
                  "first-service.refresh-token", "refresh"));
      List<StoredTokens> tokens = new ArrayList<>();
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int process = 0; process < 2; process++) {
        ServiceGate gate = new ServiceGate("FirstService", settings.firstService().gate());
        StoredTokens its =
            new StoredTokens(
                settings.firstService(),
                gate,
                new DynamoDbTokenStore(table.dynamoDb(), names, CLOCK),
                CLOCK);
        tokens.add(its);
        HttpFirstService service = new HttpFirstService(settings.firstService(), gate, its);
        for (int caller = 0; caller < 25; caller++) {
          calls.add(() -> service.users().size());
        }
      }
      assertThat(together(calls)).hasSize(50).containsOnly(0);
      assertThat(control.state().path("tokenRefreshes").longValue()).isEqualTo(1);
      tokens.forEach(StoredTokens::close);
    }
  }

  @Test
  void logs_in_once_for_many_callers_when_an_outage_is_over_that_ended_the_session()
      throws Exception {
    try (SecondServiceSim sim =
            SecondServiceSim.start(SecondServiceSim.Options.defaults().withMaxConcurrent(64));
        SimControl control = new SimControl(sim.baseUri())) {
      Settings settings =
          settings(
              Map.of(
                  "second-service.url", sim.baseUri().toString(),
                  "second-service.organisation", "acme-org",
                  "second-service.password", "second-secret",
                  "second-service.sessions", "1",
                  "second-service.circuit-open-for", "200ms"));
      HttpSecondService service =
          new HttpSecondService(
              settings.secondService(),
              new ServiceGate("SecondService", settings.secondService().gate()),
              CLOCK);
      assertThat(service.openJobs()).isEmpty();
      long before = logins(control);
      control.pause(true);
      List<Callable<Boolean>> down = new ArrayList<>();
      for (int caller = 0; caller < 50; caller++) {
        down.add(() -> calledWithTrouble(service));
      }
      assertThat(together(down)).containsOnly(true);
      control.pause(false);
      control.faults(
          "{\"match\":\"GET /service/api/job/\",\"action\":\"expire-session\",\"count\":1}");
      List<Callable<Boolean>> up = new ArrayList<>();
      for (int caller = 0; caller < 50; caller++) {
        up.add(() -> callsUntilAnswered(service));
      }
      assertThat(together(up)).containsOnly(true);
      assertThat(logins(control)).isEqualTo(before + 1);
      service.close();
    }
  }

  private static long logins(SimControl control) {
    return control.state().path("logins").longValue();
  }

  private static boolean calledWithTrouble(HttpSecondService service) throws InterruptedException {
    try {
      service.openJobs();
      return false;
    } catch (ServiceTrouble expected) {
      return true;
    }
  }

  /** As a lane does: again after the time it was told. */
  private static boolean callsUntilAnswered(HttpSecondService service) throws InterruptedException {
    for (int attempt = 0; attempt < 200; attempt++) {
      try {
        service.requireOpen();
        service.openJobs();
        return true;
      } catch (ServiceTrouble trouble) {
        TimeUnit.NANOSECONDS.sleep(trouble.retryAfter().orElse(Duration.ofMillis(50)).toNanos());
      }
    }
    return false;
  }
}
