package io.timebridge.local.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.demo.Evidence;
import io.timebridge.local.sim.SimControl.Effect;
import io.timebridge.local.system.SampleCompany;
import io.timebridge.local.traffic.Comparison;
import io.timebridge.local.traffic.LedgerJudge;
import io.timebridge.local.traffic.TaskRef;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;

/**
 * The shipped image, every process in a container of its own on a private network, under load: one
 * worker killed, one cut off and let back, AWS cut off from all of them; judged by the simulators'
 * ledgers. In order, on one running system.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WholeSystemIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Long enough that its shards have a new owner; shorter than a call may take to land. */
  private static final Duration CUT_OFF = Duration.ofSeconds(6);

  private static final Duration QUIET = Duration.ofSeconds(4);
  private static final long SEED = Long.getLong("seed", 20261126);

  private static ContainerSystem system;
  private static DynamoDbClient dynamoDb;
  private static SampleCompany company;

  @BeforeAll
  static void start() throws Exception {
    Images.require();
    long began = System.nanoTime();
    system = new ContainerSystem();
    dynamoDb = system.clients.dynamoDb();
    company =
        SampleCompany.found(
            system.first,
            system.second,
            new DynamoDbTaskMapping(dynamoDb, system.settings.names(), InstantSource.system()),
            PATIENCE);
    Images.say(
        "the whole system runs after %d s".formatted((System.nanoTime() - began) / 1_000_000_000));
  }

  @AfterAll
  static void stop() {
    if (dynamoDb != null) {
      dynamoDb.close();
    }
    if (system != null) {
      system.close();
    }
  }

  private static ConditionFactory patiently() {
    return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(250));
  }

  @Test
  @Order(1)
  void every_process_is_healthy_on_a_read_only_root() {
    for (var container :
        List.of(
            system.aws,
            system.services,
            system.gateway,
            system.poller,
            system.workers.get(0),
            system.workers.get(1))) {
      patiently()
          .untilAsserted(() ->
              assertThat(system.health(container))
                  .as(String.join(" ", container.getCommandParts()))
                  .isEqualTo("healthy"));
    }
  }

  @Test
  @Order(2)
  void nothing_is_lost_doubled_or_out_of_order_through_a_kill_and_two_partitions()
      throws Exception {
    Images.say("load with -Dseed=" + SEED);
    Load load = new Load(system.first, company, SEED, Duration.ofMillis(200));
    awaitApplied(15);

    system.kill(system.workers.getFirst());
    system.startAgain(system.workers.getFirst());
    awaitApplied(20);

    Instant cutOff = Instant.now();
    system.cutOff(system.workers.getLast());
    patiently().until(() -> Instant.now().isAfter(cutOff.plus(CUT_OFF)));
    awaitApplied(5); // by the other one
    system.join(system.workers.getLast(), "worker-2");
    awaitApplied(15);

    Instant dark = Instant.now();
    system.cutOff(system.aws);
    patiently().until(() -> Instant.now().isAfter(dark.plus(CUT_OFF)));
    system.join(system.aws, "aws");
    awaitApplied(15);

    assertThat(load.goesOn()).as("load during all of it").isTrue();
    load.stop();
    judge(load.entries());
  }

  @Test
  @Order(3)
  void a_worker_that_is_asked_to_stop_ends_with_0() {
    assertThat(system.stop(system.workers.getFirst())).isZero();
  }

  @Test
  @Order(4)
  void a_process_that_stands_still_is_unhealthy() {
    assertThat(system.health(system.poller)).isEqualTo("healthy");
    system.freeze(system.poller);
    patiently()
        .untilAsserted(() -> assertThat(system.health(system.poller)).isEqualTo("unhealthy"));
    system.kill(system.poller);
  }

  /** That many more effects on timesheets. */
  private static void awaitApplied(int more) {
    long from = system.second.ledger(0).size();
    patiently().until(() -> system.second.ledger(from).size() >= more);
  }

  private static void judge(Set<Long> entries) {
    Comparison.Rules rules =
        new Comparison.Rules(Map.of(company.labelId(), new TaskRef.ByName("Design")), Set.of());
    Evidence evidence =
        new Evidence(
            system.first,
            system.second,
            system.clients.dynamoDb(),
            system.settings.names(),
            () -> 0);
    try (evidence) {
      AtomicReference<String> before = new AtomicReference<>("");
      patiently()
          .during(QUIET)
          .untilAsserted(() -> {
            String now = evidence.fingerprint();
            assertThat(now).as("nothing happens").isEqualTo(before.getAndSet(now));
            assertThat(evidence.pendingDeliveries()).as("webhooks to come").isZero();
            assertThat(openIntents()).as("announced calls").isZero();
            Comparison.Result result = evidence.compare(rules);
            assertThat(result.agrees()).as(() -> String.valueOf(result)).isTrue();
          });
      assertThat(evidence.parked()).as("keys parked").isZero();
    }
    List<Effect> first = system.first.ledger(0);
    List<Effect> second = system.second.ledger(0);
    LedgerJudge.Verdict verdict =
        LedgerJudge.judge(first, second, scope(entries), effect -> false, Instant.now());
    Images.say(
        "%d entries, %d effects: %s"
            .formatted(entries.size(), first.size() + second.size(), verdict));
    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.clean()).isTrue();
  }

  private static LedgerJudge.Scope scope(Set<Long> entries) {
    JsonNode state = system.second.state();
    return new LedgerJudge.Scope(
        entries,
        ids(state.path("jobs"), "idJob"),
        ids(state.path("clients"), "idClient"),
        Map.of(company.labelId(), "Design"));
  }

  private static Set<Long> ids(JsonNode rows, String field) {
    return rows.valueStream()
        .map(row -> Long.valueOf(row.path(field).asString()))
        .collect(Collectors.toSet());
  }

  private static long openIntents() {
    String table = system.settings.names().table(TableName.TIMESHEET_ENTRIES);
    return dynamoDb.scanPaginator(r -> r.tableName(table)).items().stream()
        .filter(item -> item.containsKey("intent"))
        .count();
  }
}
