package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.alerts.SnsAlerts;
import io.timebridge.local.sim.Http;
import io.timebridge.local.sim.SimControl;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.HttpSecondService;
import io.timebridge.services.second.LoginWatch;
import io.timebridge.settings.Settings;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sns.SnsClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** SecondService's password is changed under a running system, and put right again. */
class RefusedLoginTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern REFUSED_CALLS =
      Pattern.compile(
          "^timebridge_service_call_seconds_count\\{outcome=\"credentials\",service=\"second-service\"} ([0-9.]+)$",
          Pattern.MULTILINE);
  private static final Pattern LOOKS =
      Pattern.compile(
          "^timebridge_poller_tick_seconds_count\\{outcome=\"looked\"} ([0-9.]+)$",
          Pattern.MULTILINE);

  @Test
  void a_changed_password_is_counted_and_told_once_and_called_off_when_a_login_is_accepted()
      throws Exception {
    LocalSystem.Options calm = LocalSystem.Options.calm(Ports.ANY, 1);
    try (LocalSystem system =
            LocalSystem.start(
                new LocalSystem.Options(
                    calm.ports(), calm.behaviour(), 2, Map.of("metrics.port", "0")),
                progress -> {});
        DynamoDbClient dynamoDb = system.aws().dynamoDb()) {
      SimControl second = system.simulators().second();
      SampleCompany company =
          SampleCompany.found(
              system.simulators().first(),
              second,
              new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system()),
              PATIENCE);
      track(system, company, 3);
      await().atMost(PATIENCE).until(() -> timesheets(second) == 3);
      URI worker = system.metrics().get(1);
      URI poller = system.metrics().get(2);
      assertThat(number(REFUSED_CALLS, worker) + number(REFUSED_CALLS, poller)).isZero();

      password(second, "another");
      track(system, company, 3);
      await().atMost(PATIENCE).until(() -> number(REFUSED_CALLS, worker) > 0);
      await().atMost(PATIENCE).until(() -> number(REFUSED_CALLS, poller) > 0);
      await().atMost(PATIENCE).until(() -> !alerts(system).isEmpty());
      JsonNode content = alerts(system).getFirst().path("content");
      assertThat(content.path("title").asString())
          .isEqualTo("SecondService does not accept the login");
      assertThat(content.path("nextSteps").toString())
          .contains("./timebridge doctor", "second-service.password", "Restart poller and workers");
      for (URI process : List.of(worker, poller)) {
        assertThat(scrape(process))
            .as("a refusal is an answer")
            .contains(
                "timebridge_service_circuit{service=\"second-service\",state=\"closed\"} 1.0");
      }

      password(second, system.settings().secondService().password().reveal());
      double looks = number(LOOKS, poller);
      await().atMost(PATIENCE).until(() -> timesheets(second) == 6);
      await().atMost(PATIENCE).until(() -> number(LOOKS, poller) > looks);
      assertThat(parked(system, dynamoDb)).isZero();
      assertThat(alerts(system)).hasSize(1);
      logInAsAProcessWhoseTimePassesQuickly(system, dynamoDb);
      assertThat(alerts(system).stream().map(m -> m.path("content").path("title").asString()))
          .containsExactly(
              "SecondService does not accept the login", "SecondService accepts the login again");
      assertThat(alerts(system).stream().map(m -> m.path("metadata").path("threadId").asString()))
          .containsOnly("second-service-credentials-1");
    }
  }

  /** Sees within a moment that nobody has been refused for a while. */
  private static void logInAsAProcessWhoseTimePassesQuickly(
      LocalSystem system, DynamoDbClient dynamoDb) throws Exception {
    Settings settings = system.settings();
    AtomicLong seconds = new AtomicLong();
    try (SnsClient sns = system.aws().sns();
        HttpSecondService service =
            new HttpSecondService(
                settings.secondService(),
                new ServiceGate("SecondService", settings.secondService().gate()),
                InstantSource.system())) {
      LoginWatch watch =
          new LoginWatch(
              service::lastLogin,
              new SnsAlerts(sns, dynamoDb, settings.names(), Clock.systemUTC()),
              Duration.ofMinutes(3),
              () -> Duration.ofSeconds(seconds.get()).toNanos());
      assertThat(service.clients()).isNotEmpty();
      for (int look = 0; look < 40; look++) {
        watch.look();
        seconds.addAndGet(5);
      }
    }
  }

  private static void password(SimControl second, String password) {
    second.post("/__sim/account", JSON.createObjectNode().put("password", password));
  }

  private static void track(LocalSystem system, SampleCompany company, int entries) {
    for (int i = 0; i < entries; i++) {
      system
          .simulators()
          .first()
          .post("/__sim/entries", company.entry("2026-07-0" + (i + 1), 3600, "n"));
    }
  }

  private static int timesheets(SimControl second) {
    return second.state().path("timesheets").size();
  }

  private static long parked(LocalSystem system, DynamoDbClient dynamoDb) {
    String table = system.settings().names().table(TableName.PARKED_EVENTS);
    return dynamoDb.scanPaginator(r -> r.tableName(table)).items().stream().count();
  }

  private static List<JsonNode> alerts(LocalSystem system) throws Exception {
    URI sns = system.settings().aws().endpoints().get("sns");
    return Http.json(new Http(sns).send("GET", "/__admin/messages?after=0", "", Map.of()))
        .path("messages")
        .valueStream()
        .map(message -> JSON.readTree(message.path("message").asString()))
        .toList();
  }

  private static double number(Pattern line, URI process) throws Exception {
    Matcher found = line.matcher(scrape(process));
    assertThat(found.find()).as(line.pattern()).isTrue();
    return Double.parseDouble(found.group(1));
  }

  private static String scrape(URI process) throws Exception {
    return new Http(process).get("", Map.of()).body();
  }
}
