package io.timebridge.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.alerts.Alerts.NotTold;
import io.timebridge.aws.AwsClients;
import io.timebridge.local.aws.LocalAws;
import io.timebridge.settings.Settings;
import io.timebridge.stream.Names;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sns.SnsClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Alerts over the local SNS and a real DynamoDB engine. */
class SnsAlertsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Names NAMES = new Names("a-");
  private static final AtomicInteger PROBLEM = new AtomicInteger();

  private static LocalAws aws;
  private static DynamoDbClient dynamoDb;
  private static SnsClient sns;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-07-03T10:00:00Z"));
  private final String problem = "problem-" + PROBLEM.incrementAndGet();

  @BeforeAll
  static void start() {
    aws = LocalAws.start();
    aws.createResources(NAMES, 1);
    dynamoDb = aws.clients().dynamoDb();
    sns = aws.clients().sns();
  }

  @AfterAll
  static void stop() {
    sns.close();
    dynamoDb.close();
    aws.close();
  }

  private SnsAlerts alerts() {
    return new SnsAlerts(sns, dynamoDb, NAMES, now::get);
  }

  private Alert alert(String title) {
    return new Alert(problem, title, "what is \"wrong\"", List.of("do `this`"), List.of("word"));
  }

  private List<JsonNode> sent() throws Exception {
    URI at = aws.endpoints().get("sns").resolve("/__admin/messages?after=0");
    try (HttpClient http = HttpClient.newHttpClient()) {
      String body = http.send(HttpRequest.newBuilder(at).build(), BodyHandlers.ofString()).body();
      return JSON.readTree(body)
          .path("messages")
          .valueStream()
          .map(message -> JSON.readTree(message.path("message").asString()))
          .filter(m -> m.path("metadata").path("threadId").asString().startsWith(problem + "-"))
          .toList();
    }
  }

  @Test
  void is_a_custom_notification_of_the_chat_bot() throws Exception {
    assertThat(alerts().raise(alert("dead"), 3)).isTrue();
    assertThat(sent())
        .containsExactly(
            JSON.readTree(
                """
                {"version":"1.0","source":"custom",
                 "content":{"textType":"client-markdown","title":"dead",
                   "description":"what is \\"wrong\\"","nextSteps":["do `this`"],"keywords":["word"]},
                 "metadata":{"threadId":"%s-3","summary":"dead"}}
                """
                    .formatted(problem)));
  }

  @Test
  void is_sent_once_by_many_processes_that_see_the_same() throws Exception {
    List<Future<Boolean>> told = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 16; i++) {
        told.add(threads.submit(() -> alerts().raise(alert("dead"), 1)));
      }
    }
    assertThat(told).filteredOn(Future::resultNow).hasSize(1);
    assertThat(alerts().raise(alert("dead"), 1)).isFalse();
    assertThat(sent()).hasSize(1);
  }

  @Test
  void is_sent_again_after_a_day_in_the_same_thread() throws Exception {
    alerts().raise(alert("dead"), 1);
    now.updateAndGet(t -> t.plus(Duration.ofHours(24)).minusMillis(1));
    assertThat(alerts().raise(alert("dead"), 1)).isFalse();
    now.updateAndGet(t -> t.plusMillis(1));
    assertThat(alerts().raise(alert("dead"), 1)).isTrue();
    assertThat(sent().stream().map(m -> m.path("metadata").path("threadId").asString()))
        .containsExactly(problem + "-1", problem + "-1");
  }

  @Test
  void is_called_off_once_and_only_by_a_later_episode() throws Exception {
    assertThat(alerts().over(alert("fine"), 5)).as("nothing was told").isFalse();
    alerts().raise(alert("dead"), 1);
    assertThat(alerts().over(alert("fine"), 1)).as("seen before it died").isFalse();
    assertThat(alerts().over(alert("fine"), 2)).isTrue();
    assertThat(alerts().over(alert("fine"), 2)).isFalse();
    assertThat(alerts().raise(alert("dead"), 1)).as("an old sight").isFalse();
    assertThat(alerts().raise(alert("dead"), 3)).isTrue();
    assertThat(
            sent().stream()
                .map(m ->
                    m.path("content").path("title").asString()
                        + " "
                        + m.path("metadata").path("threadId").asString()))
        .containsExactly(
            "dead " + problem + "-1", "fine " + problem + "-1", "dead " + problem + "-3");
  }

  /** The pair that ended one problem may die itself, without any refresh in between. */
  @Test
  void is_sent_anew_when_what_ended_it_dies_itself() throws Exception {
    assertThat(alerts().raise(alert("dead"), 5)).isTrue();
    assertThat(alerts().over(alert("fine"), 6)).isTrue();
    assertThat(alerts().raise(alert("dead"), 6)).isTrue();
    assertThat(alerts().raise(alert("dead"), 6)).as("once").isFalse();
    assertThat(alerts().over(alert("fine"), 7)).isTrue();
    assertThat(sent().stream().map(m -> m.path("metadata").path("threadId").asString()))
        .containsExactly(problem + "-5", problem + "-5", problem + "-6", problem + "-6");
  }

  @Test
  void is_tried_again_at_the_next_look_when_it_could_not_be_sent() throws Exception {
    SnsClient nowhere =
        new AwsClients(
                new Settings.Aws(
                    "us-east-1", Map.of("sns", URI.create("http://127.0.0.1:1")), true))
            .sns();
    SnsAlerts cut = new SnsAlerts(nowhere, dynamoDb, NAMES, now::get);
    assertThatThrownBy(() -> cut.raise(alert("dead"), 1)).isInstanceOf(NotTold.class);
    nowhere.close();
    assertThat(alerts().raise(alert("dead"), 1)).isTrue();
    assertThat(sent()).hasSize(1);
  }

  @Test
  void is_sent_by_another_when_its_sender_died_with_the_claim() throws Exception {
    SnsClient closed = aws.clients().sns();
    closed.close();
    SnsAlerts dies = new SnsAlerts(closed, dynamoDb, NAMES, now::get);
    assertThatThrownBy(() -> dies.raise(alert("dead"), 1)).isInstanceOf(Exception.class);
    now.updateAndGet(t -> t.plusSeconds(30));
    assertThat(alerts().raise(alert("dead"), 1)).isTrue();
    assertThat(sent()).hasSize(1);
  }
}
