package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.timebridge.aws.AwsClients;
import io.timebridge.local.sim.SimControl;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

/**
 * The processes started one by one, ended by signals, killed; judged by the simulators' state. In
 * order, on one running system.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProcessesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private static Processes processes;
  private static Processes.Started gateway;
  private static Processes.Started worker;
  private static Settings settings;
  private static SimControl first;
  private static SimControl second;
  private static DynamoDbClient dynamoDb;
  private static SampleCompany company;

  /** An entry whose call was announced by a worker that was killed before it knew the answer. */
  private static long halfDone;

  private static long killed;

  @BeforeAll
  static void start_one_by_one() throws Exception {
    processes = new Processes(folder);
    processes.start("local-aws", "--port-base", "0", "--settings", "aws.conf");
    processes.start(
        "sim",
        "--port-base",
        "0",
        "--latency",
        "2",
        "30",
        "--concurrent",
        "16",
        "--settings",
        "sim.conf");
    Files.writeString(
        folder.resolve("timebridge.conf"),
        """
        include "aws.conf"
        include "sim.conf"
        gateway.port = 0
        poller.every = 1s
        first-service.send-within = 2s
        first-service.lands-within = 3s
        first-service.visible-within = 200ms
        second-service.send-within = 2s
        second-service.lands-within = 3s
        second-service.visible-within = 200ms
        second-service.call-timeout = 2s
        second-service.circuit-open-for = 500ms
        worker.retry-max = 2s
        """);
    gateway = processes.start("gateway");
    settings =
        SettingsLoader.standard(folder, Optional.empty(), Map.of())
            .load((a, p) -> Map.of())
            .settings();
    Webhooks.register(address(gateway), simSettings());
    worker = processes.start("worker");
    processes.start("poller");
    first = new SimControl(settings.firstService().url());
    second = new SimControl(settings.secondService().url());
    dynamoDb = new AwsClients(settings.aws()).dynamoDb();
    company =
        SampleCompany.found(
            first,
            second,
            new DynamoDbTaskMapping(dynamoDb, settings.names(), InstantSource.system()),
            PATIENCE);
  }

  private static Map<String, String> simSettings() {
    Config config = ConfigFactory.parseFile(folder.resolve("sim.conf").toFile());
    Map<String, String> byKey = new HashMap<>();
    config.entrySet().forEach(e -> byKey.put(e.getKey(), String.valueOf(e.getValue().unwrapped())));
    return byKey;
  }

  private static URI address(Processes.Started gateway) {
    return URI.create(gateway.readyLine().replaceAll(".*(http://[^ ]+).*", "$1"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (dynamoDb != null) {
      dynamoDb.close();
    }
    processes.close();
  }

  @Test
  @Order(1)
  void separate_processes_carry_entries_over() {
    track(10);
    await().atMost(PATIENCE).untilAsserted(ProcessesTest::assertOneTimesheetPerEntry);
  }

  @Test
  @Order(2)
  void a_worker_that_is_asked_to_stop_finishes_what_it_holds_and_another_goes_on()
      throws Exception {
    track(15);
    assertThat(worker.terminate()).as("exit code after SIGTERM").isZero();
    assertThat(openIntents()).as("announced calls left behind").isZero();
    track(15);
    worker = processes.start("worker");
    await().atMost(PATIENCE).untilAsserted(ProcessesTest::assertOneTimesheetPerEntry);
  }

  @Test
  @Order(3)
  void a_worker_killed_in_the_middle_of_its_work_doubles_and_loses_nothing() throws Exception {
    track(20);
    await().atMost(PATIENCE).until(() -> second.state().path("timesheets").size() > 42);
    worker.kill();
    worker = processes.start("worker");
    await().atMost(PATIENCE).untilAsserted(ProcessesTest::assertOneTimesheetPerEntry);
  }

  @Test
  @Order(4)
  void backups_go_on_while_second_service_is_down_and_the_timesheet_worker_is_dead()
      throws Exception {
    second.pause(true);
    halfDone =
        first.post("/__sim/entries", company.entry("2026-07-03", 1234, "n")).path("id").longValue();
    await().atMost(PATIENCE).until(() -> openIntents() == 1);
    killed = worker.process().pid();
    worker.kill();
    Processes.Started backups = processes.start("worker", "--apps", "backup");
    track(10);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(backedUp()).isEqualTo(entries()));
    second.pause(false);
    assertThat(backups.terminate()).isZero();
    worker = processes.start("worker");
    await().atMost(PATIENCE).untilAsserted(ProcessesTest::assertOneTimesheetPerEntry);
    assertThat(parked()).as("an outage parks nothing").isZero();
  }

  @Test
  @Order(5)
  void the_story_of_an_entry_names_the_worker_that_was_killed_and_the_one_that_took_over()
      throws Exception {
    await().atMost(PATIENCE).until(() -> openIntents() == 0);
    Processes.Ran ran = processes.run(List.of(), "entry", Long.toString(halfDone), "--offline");
    assertThat(ran.exit()).as(ran.said()).isZero();
    assertThat(ran.said())
        .containsPattern("announced +a call is announced: add .* by [^ ]*:%d:".formatted(killed))
        .containsPattern(
            "taken over +an announced call is taken over: add, announced before by [^ ]*:%d:.* by [^ ]*:%d:"
                .formatted(killed, worker.process().pid()))
        .contains("is booked as timesheet");
  }

  @Test
  @Order(6)
  void a_gateway_that_is_asked_to_stop_answers_what_it_has_accepted() throws Exception {
    track(30);
    assertThat(gateway.terminate()).isZero();
    long failedBefore = first.get("/__sim/delivery").path("delivered").longValue();
    assertThat(failedBefore).as("deliveries answered 2xx before the end").isPositive();
    gateway = processes.start("gateway", "--config", sameGateway());
    await().atMost(PATIENCE).untilAsserted(ProcessesTest::assertOneTimesheetPerEntry);
  }

  /** The settings again, on the port that the webhooks are registered for. */
  private static String sameGateway() throws Exception {
    Files.writeString(
        folder.resolve("gateway.conf"),
        "include \"timebridge.conf\"\ngateway.port = " + address(gateway).getPort() + "\n");
    return "gateway.conf";
  }

  private static void track(int entries) {
    for (int i = 0; i < entries; i++) {
      first.post(
          "/__sim/entries", company.entry("2026-07-%02d".formatted(1 + i % 28), 900 + i, "n"));
    }
  }

  private static void assertOneTimesheetPerEntry() {
    JsonNode state = second.state();
    Map<String, Long> perEntry =
        state
            .path("timesheets")
            .valueStream()
            .map(t -> t.path("strDescription").asString("").replaceAll(".*\\[TB#(\\d+)\\]$", "$1"))
            .collect(Collectors.groupingBy(id -> id, Collectors.counting()));
    assertThat(perEntry.keySet()).isEqualTo(entries());
    assertThat(perEntry.values()).containsOnly(1L);
  }

  private static Set<String> entries() {
    return first
        .state()
        .path("events")
        .valueStream()
        .map(e -> e.path("id").asString())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> backedUp() {
    String table = settings.names().table(TableName.TIMESHEET_BACKUP);
    return dynamoDb.scanPaginator(r -> r.tableName(table)).items().stream()
        .map(item -> item.get("entry_id").s())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static long openIntents() {
    String table = settings.names().table(TableName.TIMESHEET_ENTRIES);
    return dynamoDb.scanPaginator(r -> r.tableName(table)).items().stream()
        .filter(item -> item.containsKey("intent"))
        .count();
  }

  private static long parked() {
    String table = settings.names().table(TableName.PARKED_EVENTS);
    return dynamoDb.scanPaginator(r -> r.tableName(table)).items().stream().count();
  }
}
