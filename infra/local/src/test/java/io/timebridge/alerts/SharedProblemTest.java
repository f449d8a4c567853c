package io.timebridge.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.aws.LocalAws;
import io.timebridge.stream.Names;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sns.SnsClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A problem that several processes look at, over the local SNS and a real DynamoDB engine. */
class SharedProblemTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Names NAMES = new Names("s-");
  private static final Duration QUIET = Duration.ofMinutes(3);
  private static final Alert DOWN =
      new Alert("second-service-circuit", "down", "what", List.of("do this"), List.of("word"));
  private static final Alert UP =
      new Alert("second-service-circuit", "up", "what", List.of(), List.of("word"));

  private final AtomicLong seconds = new AtomicLong();
  private LocalAws aws;
  private DynamoDbClient dynamoDb;
  private SnsClient sns;

  @BeforeEach
  void start() {
    aws = LocalAws.start();
    aws.createResources(NAMES, 1);
    dynamoDb = aws.clients().dynamoDb();
    sns = aws.clients().sns();
  }

  @AfterEach
  void stop() {
    sns.close();
    dynamoDb.close();
    aws.close();
  }

  private SharedProblem process() {
    Alerts alerts =
        new SnsAlerts(
            sns,
            dynamoDb,
            NAMES,
            () -> Instant.parse("2026-07-03T10:00:00Z").plusSeconds(seconds.get()));
    return new SharedProblem(
        DOWN.problem(),
        alerts,
        QUIET,
        Duration.ofMinutes(1),
        () -> Duration.ofSeconds(seconds.get()).toNanos());
  }

  private List<String> sent() throws Exception {
    URI at = aws.endpoints().get("sns").resolve("/__admin/messages?after=0");
    try (HttpClient http = HttpClient.newHttpClient()) {
      String body = http.send(HttpRequest.newBuilder(at).build(), BodyHandlers.ofString()).body();
      return JSON.readTree(body)
          .path("messages")
          .valueStream()
          .map(message -> JSON.readTree(message.path("message").asString()))
          .map(SharedProblemTest::titleAndThread)
          .toList();
    }
  }

  private static String titleAndThread(JsonNode message) {
    return message.path("content").path("title").asString()
        + " "
        + message.path("metadata").path("threadId").asString();
  }

  @Test
  void is_told_once_by_many_and_over_once_none_has_seen_it_for_a_while() throws Exception {
    List<SharedProblem> processes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      processes.add(process());
    }
    all(processes, true);
    all(processes, true);
    assertThat(sent()).containsExactly("down second-service-circuit-1");
    seconds.addAndGet(60);
    SharedProblem last = processes.getFirst();
    for (int minute = 0; minute < 10; minute++) {
      all(processes.subList(1, 8), false);
      last.seen(DOWN);
      seconds.addAndGet(60);
    }
    assertThat(sent()).as("one still sees it").hasSize(1);
    for (int minute = 0; minute < 5; minute++) {
      all(processes, false);
      seconds.addAndGet(60);
    }
    assertThat(sent())
        .containsExactly("down second-service-circuit-1", "up second-service-circuit-1");
    process().seen(DOWN);
    assertThat(sent()).hasSize(3).last().isEqualTo("down second-service-circuit-2");
  }

  private static void all(List<SharedProblem> processes, boolean there) throws Exception {
    List<Future<Void>> looks = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (SharedProblem process : processes) {
        looks.add(
            threads.submit(() -> {
              if (there) {
                process.seen(DOWN);
              } else {
                process.clear(UP);
              }
              return null;
            }));
      }
    }
    for (Future<Void> look : looks) {
      look.get();
    }
  }
}
