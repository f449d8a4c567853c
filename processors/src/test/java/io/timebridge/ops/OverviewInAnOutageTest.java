package io.timebridge.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.deadletters.DeadLetters;
import io.timebridge.deadletters.Discard;
import io.timebridge.deadletters.Redrive;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.LagReport;
import io.timebridge.reconcile.sides.DynamoDbResults;
import io.timebridge.stream.Names;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The overview while some of what it shows cannot be read. */
class OverviewInAnOutageTest {
  private static final String WHY = "the table cannot be reached";

  /** What the overview says of a part that is not there, or not known yet. */
  private static final List<String> REASSURING =
      List.of("Nothing waits", "never been compared", "The first look is under way");

  /** One of what it shows. */
  private enum Part {
    LAG("The lag", "Records behind"),
    PARKED("What is parked", "UNMAPPED_LABEL"),
    ALERTS("Alerts", "SecondService does not answer"),
    COMPARISON("The last comparison", "7 entries differ");

    private final String name;
    private final String shown;

    Part(String name, String shown) {
      this.name = name;
      this.shown = shown;
    }

    void fail(PageUnderTest page) {
      switch (this) {
        case LAG ->
            page.lag =
                () -> {
                  throw trouble();
                };
        case PARKED -> page.parked.trouble(WHY);
        case ALERTS ->
            page.alerts =
                () -> {
                  throw trouble();
                };
        case COMPARISON ->
            page.compared =
                () -> {
                  throw trouble();
                };
      }
    }
  }

  private final PageUnderTest tested = new PageUnderTest();

  @BeforeEach
  void show() {
    tested.parked.add("4711", "UNMAPPED_LABEL", "no task");
    showAlert();
    showComparison();
  }

  private void showAlert() {
    tested.alerts =
        () ->
            List.of(
                new Alerted.Row(
                    "circuit-second-service",
                    "SecondService does not answer",
                    true,
                    FakeParked.NOW));
  }

  private void showComparison() {
    Optional<JsonNode> last =
        Optional.of(
            JsonMapper.builder()
                .build()
                .readTree(
                    """
                    {"from":"2026-06-02","to":"2026-07-03","ended":"2026-07-03T02:11:00Z","equal":false,
                     "complete":true,"drifts":7,"lost":0,"kinds":{"missing":7}}
                    """));
    tested.compared = () -> last;
  }

  @AfterEach
  void stop() {
    tested.close();
  }

  private static StoreTrouble trouble() {
    return new StoreTrouble(WHY, new IllegalStateException("on purpose"));
  }

  @ParameterizedTest
  @EnumSource
  void shows_the_rest_and_says_what_cannot_be_seen(Part failed) throws Exception {
    failed.fail(tested);
    HttpResponse<String> answer = tested.open().get("/");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).doesNotContain(REASSURING);
    for (Part part : Part.values()) {
      String said = part.name + " cannot be seen now: " + WHY;
      if (part == failed) {
        assertThat(answer.body()).contains(said).doesNotContain(part.shown);
      } else {
        assertThat(answer.body()).contains(part.shown).doesNotContain(said);
      }
    }
  }

  @Test
  void names_each_part_when_none_can_be_seen() throws Exception {
    for (Part part : Part.values()) {
      part.fail(tested);
    }
    HttpResponse<String> answer = tested.open().get("/");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).doesNotContain(REASSURING);
    for (Part part : Part.values()) {
      assertThat(answer.body()).contains(part.name + " cannot be seen now: " + WHY);
    }
  }

  @Test
  void says_nothing_of_troubles_that_are_over() throws Exception {
    Part.PARKED.fail(tested);
    Part.ALERTS.fail(tested);
    Part.COMPARISON.fail(tested);
    Browser person = tested.open();
    assertThat(person.get("/").body()).contains(WHY);
    tested.parked.trouble("");
    showAlert();
    showComparison();
    assertThat(person.get("/").body())
        .contains(Part.PARKED.shown, Part.ALERTS.shown, Part.COMPARISON.shown)
        .doesNotContain(WHY);
  }

  @Test
  void shows_the_last_look_at_the_lag_and_when_it_was_while_there_is_no_newer_one()
      throws Exception {
    AtomicInteger looks = new AtomicInteger();
    LagReport first = PageUnderTest.report(2);
    tested.lag =
        () -> {
          if (looks.getAndIncrement() > 0) {
            throw trouble();
          }
          return first;
        };
    tested.lookEvery = Duration.ofMillis(1);
    Browser person = tested.open();
    await().until(() -> looks.get() > 2);
    assertThat(person.get("/").body())
        .contains(
            "The lag cannot be seen now: " + WHY, "Records behind", "Seen at 2026-07-03 10:00:00");
  }

  @Test
  void a_room_whose_table_cannot_be_read_says_so_and_the_others_are_open() throws Exception {
    for (Part part : Part.values()) {
      part.fail(tested);
    }
    Browser person = tested.open();
    for (String room : List.of("/parked", "/alerts")) {
      HttpResponse<String> answer = person.get(room);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("That cannot be looked up now: " + WHY);
    }
    assertThat(person.get("/shards").body())
        .contains("The lag cannot be seen now: " + WHY)
        .doesNotContain(REASSURING);
    assertThat(person.get("/jobs").statusCode()).isEqualTo(200);
  }

  @Test
  void says_so_of_all_that_is_read_from_dynamodb_while_nobody_answers_there() throws Exception {
    URI nobody = URI.create("http://127.0.0.1:1");
    Names names = new Names("test-");
    Clock clock = Clock.systemUTC();
    try (DynamoDbClient dynamoDb =
            DynamoDbClient.builder()
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .endpointOverride(nobody)
                .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
        SqsClient sqs = SqsClient.builder().region(Region.EU_CENTRAL_1).build();
        KinesisClient kinesis = KinesisClient.builder().region(Region.EU_CENTRAL_1).build()) {
      tested.waiting =
          new LiveParked(
              new DeadLetters(dynamoDb, names),
              new Redrive(dynamoDb, sqs, kinesis, names, clock),
              new Discard(dynamoDb, sqs, names, clock),
              "a test",
              clock);
      tested.alerts = new AlertRows(dynamoDb, names, clock);
      tested.compared = new DynamoDbResults(dynamoDb, names)::last;
      HttpResponse<String> answer = tested.open().get("/");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("Records behind").doesNotContain(REASSURING);
      for (Part part : List.of(Part.PARKED, Part.ALERTS, Part.COMPARISON)) {
        assertThat(answer.body()).contains(part.name + " cannot be seen now: ");
      }
    }
  }
}
