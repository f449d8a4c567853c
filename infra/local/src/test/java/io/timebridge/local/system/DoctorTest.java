package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.admission.Quarantine;
import io.timebridge.admission.StreamPosition;
import io.timebridge.aws.AwsClients;
import io.timebridge.failure.DynamoDbQuarantine;
import io.timebridge.local.system.AdminRig.Ran;
import io.timebridge.services.first.DynamoDbTokenStore;
import io.timebridge.services.first.TokenPair;
import io.timebridge.settings.Secret;
import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code ./timebridge doctor} as a person types it: beside AWS and both services without any
 * process, with one thing broken at a time. The system that is well is in {@link LocalSystemTest}.
 */
class DoctorTest {
  private static final String HOOKS = "https://hooks.example.org/live";
  private static final String BOOTSTRAP = "./timebridge bootstrap --public-url " + HOOKS;

  /** What is wrong with this rig to begin with: nothing runs. */
  private static final Set<String> NOTHING_RUNS = Set.of("poller", "workers");

  @TempDir static Path folder;

  private static AdminRig rig;
  private static Names names;

  @BeforeAll
  static void start() throws Exception {
    rig = new AdminRig(folder);
    names = rig.settings.names();
    for (Route route : Route.values()) {
      if (route.isWebhook()) {
        hook(route, true);
      }
    }
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private static long hook(Route route, boolean active) throws Exception {
    ObjectNode body = AdminRig.JSON.createObjectNode();
    ObjectNode hook = body.putObject("webhook").put("url", HOOKS + "/" + route.path());
    hook.put("secret_token", "s").put("active", active);
    hook.putArray("subscriptions").add("hours:" + change(route));
    return rig.api("POST", "webhooks", body).path("id").longValue();
  }

  private static String change(Route route) {
    if (route.kind() == Route.Kind.DELETED) {
      return "deleted";
    }
    return route.path().contains("update") ? "updated" : "created";
  }

  /** What {@code doctor --json} said. */
  private record Said(Ran ran, JsonNode json) {
    Set<String> wrong() {
      Set<String> wrong = new HashSet<>();
      findings("wrong").forEach((check, findings) -> wrong.add(check));
      return wrong;
    }

    Map<String, List<JsonNode>> findings(String kind) {
      Map<String, List<JsonNode>> found = new TreeMap<>();
      for (JsonNode check : json.path("checks").values()) {
        List<JsonNode> these =
            check
                .path("findings")
                .valueStream()
                .filter(f -> f.path("is").asString().equals(kind))
                .toList();
        if (!these.isEmpty()) {
          found.put(check.path("check").asString(), these);
        }
      }
      return found;
    }

    String what(String kind, String check) {
      return text(kind, check, "what");
    }

    String fix(String kind, String check) {
      return text(kind, check, "fix");
    }

    private String text(String kind, String check, String field) {
      return String.join(
          "\n",
          findings(kind).getOrDefault(check, List.of()).stream()
              .map(f -> f.path(field).asString())
              .toList());
    }
  }

  private static Said doctor(Map<String, String> but, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("doctor", "--json"));
    all.addAll(List.of(arguments));
    Ran ran = rig.run(rig.config(but), all.toArray(String[]::new));
    return new Said(ran, ran.json());
  }

  private static void only(Said said, String check) {
    Set<String> expected = new HashSet<>(NOTHING_RUNS);
    expected.add(check);
    assertThat(said.wrong()).as(said.ran().out()).isEqualTo(expected);
    assertThat(said.ran().exit()).isEqualTo(1);
  }

  @Test
  void says_that_nothing_runs_and_changes_nothing_at_all() throws Exception {
    Map<String, Object> before = everything();
    long logins = logins();
    Ran ran = rig.run(rig.config(Map.of()), "doctor");
    assertThat(everything()).as("rows, messages, effects").isEqualTo(before);
    assertThat(logins()).isEqualTo(logins + 1);
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.out())
        .contains("✗ poller", "no poller has ever run", "fix: ./timebridge poller")
        .contains("✗ workers", "no worker has ever read timesheet-events")
        .contains("fix: ./timebridge worker --apps timesheets")
        .contains("✓ first-service", "✓ second-service", "✓ webhooks", "✓ tables", "✓ streams")
        .contains("! topic", "no subscription")
        .contains("4 wrong");
    assertThat(ran.err()).contains("nothing is changed");
    assertThat(ran.out() + ran.err())
        .doesNotContain(rig.settings.firstService().accessToken().reveal())
        .doesNotContain(rig.settings.secondService().password().reveal());
    List<String> order =
        ran.out().lines().filter(l -> !l.startsWith(" ")).map(l -> l.split(" +")[1]).toList();
    assertThat(order.stream().distinct().limit(14))
        .containsExactly(
            "settings",
            "aws",
            "streams",
            "tables",
            "queues",
            "topic",
            "first-service",
            "second-service",
            "webhooks",
            "clocks",
            "mappings",
            "poller",
            "workers",
            "waiting");
  }

  /** All rows, the numbers of messages, and what both services have accepted. */
  private static Map<String, Object> everything() {
    Map<String, Object> all = new TreeMap<>();
    AwsClients clients = rig.aws.clients();
    try (DynamoDbClient dynamoDb = clients.dynamoDb();
        SqsClient sqs = clients.sqs()) {
      for (String table : dynamoDb.listTables().tableNames()) {
        all.put(table, Set.copyOf(dynamoDb.scan(r -> r.tableName(table)).items()));
      }
      for (QueueName queue : QueueName.values()) {
        all.put(
            names.queue(queue),
            sqs.getQueueAttributes(r ->
                    r.queueUrl(url(sqs, queue))
                        .attributeNames(
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
                .attributes());
      }
    }
    all.put("FirstService's ledger", rig.first.ledger(0));
    all.put(
        "SecondService's ledger",
        rig.second.ledger(0).stream().filter(effect -> !effect.op().equals("login")).toList());
    return all;
  }

  private static long logins() {
    return rig.second.ledger(0).stream().filter(effect -> effect.op().equals("login")).count();
  }

  private static String url(SqsClient sqs, QueueName queue) {
    return sqs.getQueueUrl(r -> r.queueName(names.queue(queue))).queueUrl();
  }

  @Test
  void a_table_or_a_stream_that_is_missing_is_told_with_the_command_that_makes_it()
      throws Exception {
    String table = names.table(TableName.PARKED_EVENTS);
    Said said;
    try (DynamoDbClient dynamoDb = rig.aws.clients().dynamoDb();
        KinesisClient kinesis = rig.aws.clients().kinesis()) {
      dynamoDb.deleteTable(r -> r.tableName(table));
      kinesis.deleteStream(r -> r.streamName(names.stream(StreamName.JOB_EVENTS)));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !kinesis.listStreams().streamNames().contains("job-events"));
      said = doctor(Map.of());
    } finally {
      rig.aws.createResources(names, 1);
    }
    assertThat(said.wrong()).contains("tables", "streams");
    assertThat(said.what("wrong", "tables")).contains("Parked_Events does not exist");
    assertThat(said.fix("wrong", "tables"))
        .contains("./timebridge up")
        .contains("aws dynamodb create-table --table-name Parked_Events")
        .contains(
            "--key-schema AttributeName=key,KeyType=HASH AttributeName=sequence,KeyType=RANGE")
        .contains("IndexName=held-index");
    assertThat(said.what("well", "tables")).contains("Timesheet_Entries is there");
    assertThat(said.what("wrong", "streams")).isEqualTo("job-events does not exist");
    assertThat(said.fix("wrong", "streams")).contains("aws kinesis create-stream");
    assertThat(doctor(Map.of()).wrong()).isEqualTo(NOTHING_RUNS);
  }

  @Test
  void a_queue_that_is_missing_or_redrives_nowhere_is_told() throws Exception {
    try (SqsClient sqs = rig.aws.clients().sqs()) {
      try {
        sqs.deleteQueue(r -> r.queueUrl(url(sqs, QueueName.RETRY)));
        Said missing = doctor(Map.of());
        only(missing, "queues");
        assertThat(missing.what("wrong", "queues"))
            .isEqualTo("timebridge-retry.fifo does not exist");
        assertThat(missing.fix("wrong", "queues"))
            .contains(
                "create-queue --queue-name timebridge-retry.fifo --attributes FifoQueue=true");

        sqs.createQueue(r ->
            r.queueName(names.queue(QueueName.RETRY))
                .attributes(Map.of(QueueAttributeName.FIFO_QUEUE, "true")));
        Said nowhere = doctor(Map.of());
        only(nowhere, "queues");
        assertThat(nowhere.fix("wrong", "queues"))
            .contains("set-queue-attributes", "timebridge-retry-dlq.fifo");
      } finally {
        sqs.deleteQueue(r -> r.queueUrl(url(sqs, QueueName.RETRY)));
        rig.aws.createResources(names, 1);
      }
    }
  }

  @Test
  void a_webhook_that_first_service_has_switched_off_is_told() throws Exception {
    long on =
        rig.first
            .state()
            .path("webhooks")
            .valueStream()
            .filter(h -> h.path("url").asString().endsWith("/timesheet-update"))
            .findFirst()
            .orElseThrow()
            .path("id")
            .longValue();
    rig.api("DELETE", "webhooks/" + on, AdminRig.JSON.nullNode());
    long off = hook(Route.TIMESHEET_UPDATE, false);
    try {
      Said said = doctor(Map.of("first-service.webhook-secrets", ""));
      only(said, "webhooks");
      assertThat(said.what("wrong", "webhooks"))
          .contains(HOOKS + "/timesheet-update is switched off")
          .contains("first-service.webhook-secrets is not set");
      assertThat(said.fix("wrong", "webhooks")).startsWith(BOOTSTRAP);
      Said elsewhere = doctor(Map.of(), "--public-url", "https://other.example.org/");
      assertThat(elsewhere.what("wrong", "webhooks").lines())
          .hasSize(6)
          .allMatch(line -> line.contains("is not registered"));
    } finally {
      rig.api("DELETE", "webhooks/" + off, AdminRig.JSON.nullNode());
      hook(Route.TIMESHEET_UPDATE, true);
    }
  }

  @Test
  void a_dead_token_is_told_and_not_refreshed() throws Exception {
    int effects = rig.first.ledger(0).size();
    Said said = doctor(Map.of("first-service.access-token", "dead"));
    assertThat(said.wrong()).contains("first-service", "webhooks", "mappings");
    assertThat(said.what("wrong", "first-service")).contains("is not accepted");
    for (String check : List.of("first-service", "webhooks", "mappings")) {
      assertThat(said.fix("wrong", check)).isEqualTo("./timebridge login first-service");
    }
    assertThat(said.what("well", "second-service")).contains("is accepted");
    assertThat(rig.first.ledger(0)).hasSize(effects);
    assertThat(doctor(Map.of()).what("well", "first-service"))
        .as("the refresh token would have killed it")
        .contains("is accepted", "refresh token there");
  }

  @Test
  void a_stored_token_that_has_expired_is_left_to_the_processes() throws Exception {
    try (DynamoDbClient dynamoDb = rig.aws.clients().dynamoDb()) {
      DynamoDbTokenStore store = new DynamoDbTokenStore(dynamoDb, names, InstantSource.system());
      store.replace(
          0,
          new TokenPair(
              new Secret("over"),
              new Secret("r"),
              Optional.of(Instant.parse("2026-01-01T00:00:00Z"))));
      try {
        Said said = doctor(Map.of());
        assertThat(said.what("warning", "first-service"))
            .contains("has ended 2026-01-01T00:00:00Z", "refreshes it");
        assertThat(said.wrong()).isEqualTo(NOTHING_RUNS);
        assertThat(said.fix("warning", "webhooks")).contains("./timebridge mapping check");
        assertThat(store.load().orElseThrow().generation()).isEqualTo(1);
      } finally {
        dynamoDb.deleteItem(r ->
            r.tableName(names.table(TableName.COORDINATION))
                .key(Map.of("name", AttributeValue.fromS(DynamoDbTokenStore.ROW))));
      }
    }
  }

  @Test
  void second_service_away_or_with_another_password_stops_no_other_check() throws Exception {
    Said away = doctor(Map.of("second-service.url", "http://127.0.0.1:1"));
    only(away, "second-service");
    assertThat(away.what("wrong", "second-service")).contains("could not connect");
    assertThat(away.fix("wrong", "second-service")).contains("curl -sI http://127.0.0.1:1");
    Said refused = doctor(Map.of("second-service.password", "other"));
    only(refused, "second-service");
    assertThat(refused.fix("wrong", "second-service")).contains("second-service.password");
  }

  @Test
  void what_it_advises_for_a_quarantined_record_can_be_done() throws Exception {
    try (DynamoDbClient dynamoDb = rig.aws.clients().dynamoDb()) {
      new DynamoDbQuarantine(dynamoDb, names, Clock.systemUTC())
          .quarantine(
              new StreamPosition(StreamName.TIMESHEET_EVENTS, "shard-0", BigInteger.TEN, "77"),
              Quarantine.Reason.REFUSED,
              "the signature does not match",
              "junk".getBytes(StandardCharsets.UTF_8));
    }
    Said said = doctor(Map.of());
    assertThat(said.wrong()).doesNotContain("waiting");
    assertThat(said.what("warning", "waiting")).contains("1 key is quarantined");
    assertThat(said.fix("warning", "waiting"))
        .contains("./timebridge dlq list --reason quarantine", "./timebridge dlq discard KEY")
        .doesNotContain("redrive");
    Path config = rig.config(Map.of());
    Ran listed = rig.run(config, "dlq", "list", "--reason", "quarantine", "--json");
    String key = listed.json().get(0).path("key").asString();
    Ran discarded = rig.run(config, "dlq", "discard", key, "--reason", "not ours");
    assertThat(discarded.exit()).as(discarded.err()).isZero();
    assertThat(doctor(Map.of()).what("well", "waiting")).contains("nothing is parked");
  }

  @Test
  void a_label_in_use_without_a_task_is_told() throws Exception {
    long label = rig.label("Welding", 0);
    long user =
        rig.first
            .post("/__sim/users", "{\"email\":\"w@x.org\",\"name\":\"W\",\"external_id\":\"9\"}")
            .path("id")
            .longValue();
    long project = rig.firstProject("P", rig.firstClient("C", "1"), "2");
    rig.first.post(
        "/__sim/entries",
        "{\"op\":\"create\",\"user_id\":%d,\"project_id\":%d,\"day\":\"%s\",\"seconds\":60,\"note\":\"\",\"label_ids\":[%d]}"
            .formatted(user, project, LocalDate.now(ZoneOffset.UTC).minusDays(2), label));
    Path config = rig.config(Map.of());
    try {
      Said said = doctor(Map.of());
      only(said, "mappings");
      assertThat(said.what("wrong", "mappings"))
          .contains(
              "label "
                  + label
                  + " (Welding) has no task; entries of the last 7 days that name it: 1");
      assertThat(said.fix("wrong", "mappings"))
          .startsWith("./timebridge mapping set " + label + " -- 'TASK'")
          .contains("./timebridge mapping check");
    } finally {
      rig.run(config, "mapping", "set", Long.toString(label), "--task-id", "5");
    }
    assertThat(doctor(Map.of()).what("well", "mappings")).contains("all labels of the last 7 days");
  }

  @Test
  void a_poller_or_a_worker_that_went_silent_is_told_after_two_looks() throws Exception {
    String coordination = names.table(TableName.COORDINATION);
    String leases = names.application(StreamName.JOB_EVENTS);
    Map<String, AttributeValue> row =
        Map.of(
            "name", AttributeValue.fromS("poller"),
            "owner", AttributeValue.fromS("gone"),
            "epoch", AttributeValue.fromN("3"),
            "beat", AttributeValue.fromN("40"),
            "until", AttributeValue.fromN("1700000000000"));
    Map<String, AttributeValue> lease =
        Map.of(
            "leaseKey", AttributeValue.fromS("shardId-000000000000"),
            "leaseOwner", AttributeValue.fromS("dead-worker"),
            "leaseCounter", AttributeValue.fromN("7"),
            "checkpoint", AttributeValue.fromS("TRIM_HORIZON"));
    try (DynamoDbClient dynamoDb = rig.aws.clients().dynamoDb()) {
      try {
        dynamoDb.putItem(r -> r.tableName(coordination).item(row));
        dynamoDb.putItem(r -> r.tableName(leases).item(lease));
        Said said = doctor(Map.of("poller.lease-for", "1s", "worker.failover", "1s"));
        assertThat(said.wrong()).isEqualTo(NOTHING_RUNS);
        assertThat(said.what("wrong", "poller")).contains("poller gone has been silent since 2023");
        assertThat(said.what("wrong", "workers"))
            .contains("no worker reads job-events: none of its 1 shards moves");
        assertThat(said.fix("wrong", "workers")).contains("./timebridge worker --apps jobs");
      } finally {
        dynamoDb.deleteItem(
            r -> r.tableName(coordination).key(Map.of("name", AttributeValue.fromS("poller"))));
        dynamoDb.deleteItem(r ->
            r.tableName(leases)
                .key(Map.of("leaseKey", AttributeValue.fromS("shardId-000000000000"))));
      }
    }
  }

  @Test
  void a_clock_that_is_off_is_told() throws Exception {
    try (Wrongly ahead = new Wrongly(Duration.ofHours(1))) {
      Said said = doctor(Map.of("second-service.url", ahead.url().toString()));
      assertThat(said.wrong()).contains("clocks", "second-service");
      assertThat(said.what("wrong", "clocks"))
          .matches("the clock of SecondService is 3\\d{3} s ahead of this machine's");
      assertThat(said.fix("wrong", "clocks")).contains("chronyc makestep");
      assertThat(said.what("well", "clocks")).contains("FirstService");
    }
  }

  /** A server whose clock is off and that has no other answer. */
  private static final class Wrongly implements AutoCloseable {
    private final ServerSocket listening =
        new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Duration by;

    Wrongly(Duration by) throws IOException {
      this.by = by;
      Thread.ofVirtual().start(this::serve);
    }

    URI url() {
      return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    private void serve() {
      while (!listening.isClosed()) {
        try (Socket caller = listening.accept();
            OutputStream out = caller.getOutputStream()) {
          caller.getInputStream().read(new byte[4096]);
          String date =
              DateTimeFormatter.RFC_1123_DATE_TIME.format(
                  ZonedDateTime.now(ZoneOffset.UTC).plus(by));
          out.write(
              "HTTP/1.1 404 Not Found\r\nDate: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                  .formatted(date)
                  .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException gone) {
          // the caller went away, or the test is over
        }
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }

  @Test
  void settings_that_cannot_be_used_end_with_two() throws Exception {
    Ran ran = rig.run(rig.config(Map.of("poller.every", "soon")), "doctor");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("poller.every");
    assertThat(rig.run(rig.config(Map.of()), "doctor", "--public-url", "ftp://x").exit())
        .isEqualTo(2);
    Said empty = doctor(Map.of("second-service.password", "", "ssm.path", ""));
    assertThat(empty.what("wrong", "settings")).isEqualTo("second-service.password is not set");
    assertThat(empty.fix("wrong", "settings")).contains("TIMEBRIDGE_SECOND_SERVICE_PASSWORD");
  }

  @Test
  void aws_out_of_reach_is_told_by_each_check_that_needs_it() throws Exception {
    Map<String, String> nowhere = new HashMap<>();
    for (String service : Arrays.asList("kinesis", "dynamodb", "sqs", "sns")) {
      nowhere.put("aws.endpoints." + service, "http://127.0.0.1:1");
    }
    Said said = doctor(nowhere);
    assertThat(said.wrong())
        .contains("streams", "tables", "queues", "topic", "workers", "poller", "waiting")
        .doesNotContain("second-service", "settings");
    assertThat(said.fix("wrong", "streams")).contains("./timebridge settings");
  }

  @Test
  void a_subscriber_makes_the_topic_well() throws Exception {
    try (SnsClient sns = rig.aws.clients().sns();
        SqsClient sqs = rig.aws.clients().sqs()) {
      String topic = sns.createTopic(r -> r.name(names.alertTopic())).topicArn();
      String queue =
          sqs.getQueueAttributes(r ->
                  r.queueUrl(url(sqs, QueueName.TICK_DEAD_LETTERS))
                      .attributeNames(QueueAttributeName.QUEUE_ARN))
              .attributes()
              .get(QueueAttributeName.QUEUE_ARN);
      String subscription =
          sns.subscribe(r ->
                  r.topicArn(topic).protocol("sqs").endpoint(queue).returnSubscriptionArn(true))
              .subscriptionArn();
      try {
        assertThat(doctor(Map.of()).what("well", "topic")).contains("subscriptions: 1");
      } finally {
        sns.unsubscribe(r -> r.subscriptionArn(subscription));
      }
    }
  }
}
