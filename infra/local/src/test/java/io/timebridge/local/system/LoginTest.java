package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.cli.Timebridge;
import io.timebridge.local.sim.SimControl;
import io.timebridge.processors.WorkerMain;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** FirstService's tokens die in a running system of two workers, and a person logs in again. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LoginTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir static Path folder;

  private static LocalSystem system;
  private static WorkerMain.Running secondWorker;
  private static DynamoDbClient dynamoDb;
  private static SampleCompany company;
  private static SimControl first;

  @BeforeAll
  static void start() throws Exception {
    system = LocalSystem.start(LocalSystem.Options.calm(Ports.ANY, 1), progress -> {});
    secondWorker = WorkerMain.start(system.settings());
    first = system.simulators().first();
    dynamoDb = system.aws().dynamoDb();
    company =
        SampleCompany.found(
            first,
            system.simulators().second(),
            new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system()),
            PATIENCE);
    Files.writeString(
        folder.resolve("timebridge.conf"), SettingsText.lines(system.settingsByKey()));
    first.post("/__sim/delivery", "{\"shape\":\"thin\"}");
  }

  @AfterAll
  static void stop() {
    secondWorker.close();
    dynamoDb.close();
    system.close();
  }

  private record Ran(int exit, String out, String err) {}

  private static Ran login(String... more) {
    return login(new StringWriter(), more);
  }

  private static Ran login(StringWriter err, String... more) {
    StringWriter out = new StringWriter();
    List<String> args = new ArrayList<>(List.of("login"));
    args.addAll(List.of(more));
    args.addAll(List.of("--config", folder.resolve("timebridge.conf").toString()));
    int exit =
        Timebridge.run(
            new PrintWriter(out, true), new PrintWriter(err, true), args.toArray(String[]::new));
    return new Ran(exit, out.toString(), err.toString());
  }

  private static void track(int entries) {
    for (int i = 0; i < entries; i++) {
      first.post(
          "/__sim/entries", company.entry("2026-07-%02d".formatted(1 + i % 28), 900 + i, "n"));
    }
  }

  private static Set<String> entries() {
    return first
        .state()
        .path("events")
        .valueStream()
        .map(e -> e.path("id").asString())
        .collect(Collectors.toSet());
  }

  private static void assertEveryEntryArrived() {
    List<String> ids =
        system
            .simulators()
            .second()
            .state()
            .path("timesheets")
            .valueStream()
            .map(t -> t.path("strDescription").asString("").replaceAll(".*\\[TB#(\\d+)\\]$", "$1"))
            .toList();
    assertThat(ids).containsExactlyInAnyOrderElementsOf(entries());
  }

  private static List<JsonNode> alerts() throws Exception {
    URI at =
        system
            .settings()
            .aws()
            .endpoints()
            .getOrDefault("sns", URI.create("http://unknown"))
            .resolve("/__admin/messages?after=0");
    try (HttpClient http = HttpClient.newHttpClient()) {
      return JSON.readTree(
              http.send(HttpRequest.newBuilder(at).build(), BodyHandlers.ofString()).body())
          .path("messages")
          .valueStream()
          .map(m -> JSON.readTree(m.path("message").asString()))
          .toList();
    }
  }

  private static long parked() {
    String table = system.settings().names().table(TableName.PARKED_EVENTS);
    return dynamoDb.scanPaginator(r -> r.tableName(table)).items().stream().count();
  }

  @Test
  @Order(1)
  void refuses_a_code_that_is_not_good_and_changes_nothing() {
    Ran ran = login("first-service", "--code", "S3CRET-code");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("invalid_grant", "check the code").doesNotContain("S3CRET-code");
    assertThat(login("elsewhere", "--code", "x").exit()).isEqualTo(2);
    assertThat(login("elsewhere", "--code", "x").err()).contains("no such service: elsewhere");
    assertThat(login("first-service", "--code", " ").exit()).isEqualTo(2);
    assertThat(login().exit()).isEqualTo(2);
  }

  @Test
  @Order(3)
  void prints_the_address_to_log_in_at_and_takes_the_code_that_the_login_gives() throws Exception {
    String back = "http://127.0.0.1:1/callback";
    InputStream before = System.in;
    StringWriter err = new StringWriter();
    try (PipedOutputStream typed = new PipedOutputStream()) {
      System.setIn(new PipedInputStream(typed));
      CompletableFuture<Ran> ran =
          CompletableFuture.supplyAsync(
              () -> login(err, "first-service", "--redirect-uri", back),
              task -> Thread.ofPlatform().daemon().start(task));
      await().atMost(PATIENCE).until(() -> ran.isDone() || err.toString().contains("code="));
      URI address =
          err.toString()
              .lines()
              .filter(line -> line.contains("/1.1/oauth/authorize?"))
              .map(URI::create)
              .findFirst()
              .orElseThrow(() -> new AssertionError(err));
      assertThat(address.getQuery())
          .contains("response_type=code", "client_id=timebridge", "redirect_uri=" + back);
      String location = locationAfter(address);
      assertThat(location).startsWith(back + "?code=");
      String code = location.substring((back + "?code=").length());
      typed.write((code + "\n").getBytes(StandardCharsets.UTF_8));
      typed.flush();
      Ran ended = ran.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(ended.exit()).as(ended.err()).isZero();
      assertThat(ended.out()).contains("logged in to FirstService");
      assertThat(ended.out() + ended.err()).doesNotContain(code);
    } finally {
      System.setIn(before);
    }
    assertThat(login("first-service", "--code", "x").err())
        .as("who has a code needs no address")
        .doesNotContain("authorize?");
  }

  private static String locationAfter(URI address) throws Exception {
    try (HttpClient browser = HttpClient.newHttpClient()) {
      return browser
          .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
          .headers()
          .firstValue("Location")
          .orElseThrow();
    }
  }

  @Test
  @Order(2)
  void loses_nothing_and_tells_once_when_the_answer_to_a_refresh_is_lost() throws Exception {
    track(5);
    await().atMost(PATIENCE).untilAsserted(LoginTest::assertEveryEntryArrived);
    first.faults(
        """
        [{"match":"POST /1.1/oauth/token","action":"drop-response","count":1},
         {"match":"GET /1.1/77/","action":"expire-session","count":1}]
        """);
    track(20);
    await().atMost(PATIENCE).until(() -> !alerts().isEmpty());
    track(20);
    JsonNode content = alerts().getFirst().path("content");
    assertThat(content.path("title").asString()).isEqualTo("FirstService needs a new login");
    assertThat(content.path("nextSteps").toString()).contains("./timebridge login first-service");

    String code = first.post("/__sim/authorize", "{}").path("code").asString();
    Ran ran = login("first-service", "--code", code, "--json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(JSON.readTree(ran.out()).path("loggedIn").asBoolean()).isTrue();
    assertThat(ran.out() + ran.err()).doesNotContain(code);

    await().atMost(PATIENCE).untilAsserted(LoginTest::assertEveryEntryArrived);
    assertThat(parked()).isZero();
    await().atMost(PATIENCE).until(() -> alerts().size() == 2);
    assertThat(alerts().stream().map(m -> m.path("content").path("title").asString()))
        .containsExactly("FirstService needs a new login", "FirstService's login works again");
    assertThat(alerts().stream().map(m -> m.path("metadata").path("threadId").asString()))
        .containsOnly("first-service-credentials-0");
    assertThat(alerts().toString()).doesNotContain("access-").doesNotContain("refresh-");
  }
}
