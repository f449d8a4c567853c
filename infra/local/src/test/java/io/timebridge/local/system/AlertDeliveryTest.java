package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.timebridge.local.sim.SimControl;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.Topic;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A parked key's alert, all the way to those who subscribed. */
class AlertDeliveryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String DAY = "2026-07-03";

  /** As the local SNS has it: the first and three more. */
  private static final int ATTEMPTS = 4;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<JsonNode> posted = new CopyOnWriteArrayList<>();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);

  private LocalSystem system;
  private SampleCompany company;
  private SimControl first;
  private SqsClient sqs;
  private HttpServer endpoint;
  private String queue;

  @BeforeEach
  void start() throws Exception {
    LocalSystem.Options calm = LocalSystem.Options.calm(Ports.ANY, 1);
    system =
        LocalSystem.start(
            new LocalSystem.Options(
                calm.ports(), calm.behaviour(), 1, Map.of("retry.alert-every", "1s")),
            progress -> {});
    first = system.simulators().first();
    try (DynamoDbClient dynamoDb = system.aws().dynamoDb()) {
      company =
          SampleCompany.found(
              first,
              system.simulators().second(),
              new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system()),
              PATIENCE);
    }
    sqs = system.aws().sqs();
    queue = sqs.createQueue(r -> r.queueName("people")).queueUrl();
    endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    endpoint.setExecutor(threads);
    endpoint.createContext("/people", this::take);
    endpoint.createContext("/silent", this::ignore);
    endpoint.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    endpoint.stop(0);
    threads.shutdownNow();
    sqs.close();
    system.close();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      posted.add(JSON.readTree(body));
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private void ignore(HttpExchange exchange) {
    unanswered.incrementAndGet();
    try (exchange) {
      end.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private String at(String path) {
    return "http://127.0.0.1:" + endpoint.getAddress().getPort() + path;
  }

  /** Where nobody listens. */
  private static String dead() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://127.0.0.1:" + free.getLocalPort() + "/";
    }
  }

  private void subscribe(String protocol, String to) {
    try (SnsClient sns = system.aws().sns()) {
      String name = system.settings().names().alertTopic();
      String topic =
          sns.listTopics().topics().stream()
              .map(Topic::topicArn)
              .filter(arn -> arn.endsWith(":" + name))
              .findFirst()
              .orElseThrow();
      sns.subscribe(r -> r.topicArn(topic).protocol(protocol).endpoint(to));
    }
  }

  private String queueArn() {
    return sqs.getQueueAttributes(
            r -> r.queueUrl(queue).attributeNames(QueueAttributeName.QUEUE_ARN))
        .attributes()
        .get(QueueAttributeName.QUEUE_ARN);
  }

  /** What the queue got so far, each once. */
  private void receive(List<JsonNode> received) {
    sqs.receiveMessage(r -> r.queueUrl(queue).maxNumberOfMessages(10).waitTimeSeconds(1))
        .messages()
        .forEach(message -> received.add(JSON.readTree(message.body())));
  }

  private JsonNode subscription(String to) throws Exception {
    URI sns = URI.create(system.settingsByKey().get("aws.endpoints.sns"));
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest ask = HttpRequest.newBuilder(sns.resolve("/__admin/subscriptions")).build();
      return JSON.readTree(http.send(ask, BodyHandlers.ofString()).body())
          .path("subscriptions")
          .valueStream()
          .filter(each -> each.path("endpoint").asString().equals(to))
          .findFirst()
          .orElseThrow();
    }
  }

  private long unmapped() {
    return first
        .post("/__sim/labels", "{\"name\":\"Welding\",\"parent_id\":null}")
        .path("id")
        .longValue();
  }

  private long entry(long label) {
    SampleCompany with = new SampleCompany(company.userId(), label, company.projectId());
    return first.post("/__sim/entries", with.entry(DAY, 3_600, "secret")).path("id").longValue();
  }

  private void awaitBooked(long id) {
    String mark = "[TB#" + id + "]";
    await()
        .atMost(PATIENCE)
        .until(() ->
            system
                .simulators()
                .second()
                .state()
                .path("timesheets")
                .valueStream()
                .anyMatch(t -> t.path("strDescription").asString("").endsWith(mark)));
  }

  @Test
  void reaches_a_queue_and_an_endpoint_as_the_chat_bot_wants_it() throws Exception {
    subscribe("sqs", queueArn());
    subscribe("http", at("/people"));
    long label = unmapped();
    long id = entry(label);
    List<JsonNode> received = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .until(() -> {
          receive(received);
          return !received.isEmpty() && !posted.isEmpty();
        });
    assertThat(received).hasSize(1);
    assertThat(posted).hasSize(1);
    String text = received.getFirst().path("Message").asString();
    assertThat(posted.getFirst().path("Message").asString()).isEqualTo(text);
    assertThat(posted.getFirst().path("Type").asString()).isEqualTo("Notification");
    JsonNode message = JSON.readTree(text);
    assertThat(message.path("version").asString()).isEqualTo("1.0");
    assertThat(message.path("source").asString()).isEqualTo("custom");
    JsonNode content = message.path("content");
    assertThat(content.path("title").asString())
        .isEqualTo("Entries wait: no task is mapped for their label (1)");
    assertThat(content.path("description").asString())
        .contains("Welding (" + label + ")")
        .contains("for one: " + id)
        .doesNotContain("secret");
    assertThat(content.path("nextSteps").valueStream().map(JsonNode::asString))
        .hasSizeBetween(1, 6)
        .anyMatch(step -> step.contains("dlq list --reason UNMAPPED_LABEL"));
    assertThat(content.path("keywords").valueStream().map(JsonNode::asString))
        .contains("timebridge", "dlq");
    assertThat(message.path("metadata").path("threadId").asString())
        .isEqualTo("parked-unmapped-label-1");
  }

  @Test
  void a_silent_and_a_dead_subscriber_hold_up_nobody_and_are_given_up() throws Exception {
    String dead = dead();
    subscribe("http", at("/silent"));
    subscribe("http", dead);
    subscribe("http", at("/people"));
    entry(unmapped());
    await().atMost(PATIENCE).until(() -> unanswered.get() > 0 && !posted.isEmpty());
    for (int i = 0; i < 20; i++) {
      entry(company.labelId());
    }
    awaitBooked(entry(company.labelId()));
    assertThat(subscription(at("/silent")).path("failed").asInt())
        .as("it was still silent then")
        .isZero();
    await().atMost(PATIENCE).until(() -> subscription(at("/silent")).path("failed").asInt() == 1);
    assertThat(unanswered).hasValue(ATTEMPTS);
    assertThat(subscription(dead).path("failed").asInt()).isOne();
    assertThat(posted).as("told once, whoever listens").hasSize(1);
    awaitBooked(entry(company.labelId()));
  }
}
