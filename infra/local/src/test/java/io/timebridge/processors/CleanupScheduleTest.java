package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.local.aws.LocalAws;
import io.timebridge.settings.Settings;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.dynamodb.EntryCleanup;
import io.timebridge.turn.DynamoDbTurn;
import io.timebridge.turn.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** When a deployment cleans up by itself, and when not. */
class CleanupScheduleTest {
  private static final Duration EVERY = Duration.ofDays(45);

  private static LocalAws aws;
  private static DynamoDbClient dynamoDb;
  private static int tests;

  private final Names names = new Names("cs" + ++tests + "-");
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-07-03T10:00:00Z"));
  private CleanupSchedule.Pause pause = time -> {};
  private Duration kept = Duration.ofDays(7);

  @BeforeAll
  static void start() {
    aws = LocalAws.start();
    dynamoDb = aws.clients().dynamoDb();
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
    aws.close();
  }

  @BeforeEach
  void create() {
    aws.createResources(names, 1);
  }

  private CleanupSchedule process() {
    return process(EVERY);
  }

  private CleanupSchedule process(Duration every) {
    return new CleanupSchedule(
        new EntryCleanup(dynamoDb, names, now::get),
        new DynamoDbTurn(dynamoDb, names, "cleanup", now::get),
        () -> kept,
        new Settings.Cleanup(every, Duration.ofDays(45)),
        now::get,
        time -> pause.pause(time));
  }

  /** A row that was last written 46 days ago. */
  private void oldRow(long id) {
    dynamoDb.putItem(r ->
        r.tableName(names.table(TableName.TIMESHEET_ENTRIES))
            .item(
                Map.of(
                    "entry_id", AttributeValue.fromS(Long.toString(id)),
                    "rev", AttributeValue.fromN("3"),
                    "v", AttributeValue.fromN("5"),
                    "hash", AttributeValue.fromS("h"),
                    "state", AttributeValue.fromS("LIVE"),
                    "at", AttributeValue.fromS(now.get().minus(Duration.ofDays(46)).toString()))));
  }

  private int notStripped() {
    return dynamoDb
        .scan(r ->
            r.tableName(names.table(TableName.TIMESHEET_ENTRIES))
                .filterExpression("attribute_exists(#hash)")
                .expressionAttributeNames(Map.of("#hash", "hash")))
        .count();
  }

  private void later(Duration time) {
    now.set(now.get().plus(time));
  }

  @Test
  void one_process_cleans_up_and_none_again_before_its_time() throws Exception {
    oldRow(1);
    process().runIfDue();
    assertThat(notStripped()).isZero();
    oldRow(2);
    process().runIfDue();
    assertThat(notStripped()).as("done a moment ago").isOne();
    later(EVERY.minusSeconds(1));
    process().runIfDue();
    assertThat(notStripped()).isOne();
    later(Duration.ofSeconds(1));
    process().runIfDue();
    assertThat(notStripped()).isZero();
  }

  @Test
  void a_run_that_is_cut_short_is_done_again_by_another_process() throws Exception {
    for (int i = 0; i < 300; i++) {
      oldRow(i + 1);
    }
    pause =
        time -> {
          throw new InterruptedException("stopped after the first page");
        };
    assertThatThrownBy(() -> process().runIfDue()).isInstanceOf(InterruptedException.class);
    assertThat(notStripped()).as("a page of 250 is done").isEqualTo(50);
    pause = time -> {};
    process().runIfDue();
    assertThat(notStripped()).isZero();
  }

  @Test
  void a_process_that_was_away_too_long_leaves_the_rest_to_the_one_that_took_over()
      throws Exception {
    for (int i = 0; i < 300; i++) {
      oldRow(i + 1);
    }
    Turn other = new DynamoDbTurn(dynamoDb, names, "cleanup", now::get);
    pause =
        time -> {
          later(Duration.ofMinutes(11));
          try {
            assertThat(other.takeAfter(EVERY, Duration.ofMinutes(10))).isTrue();
          } catch (StoreTrouble trouble) {
            throw new AssertionError(trouble);
          }
        };
    assertThatThrownBy(() -> process().runIfDue()).isInstanceOf(StoreTrouble.class);
    assertThat(notStripped()).as("its first page alone").isEqualTo(50);
    assertThat(other.take(Duration.ofMinutes(10))).as("still the other one's").isTrue();
    other.done();
    process().runIfDue();
    assertThat(notStripped()).as("the other one has said that it is done").isEqualTo(50);
  }

  @Test
  void nothing_is_cleaned_up_that_the_stream_may_still_hold_nor_when_it_is_off() throws Exception {
    oldRow(1);
    process(Duration.ZERO).runIfDue();
    assertThat(notStripped()).isOne();
    kept = Duration.ofDays(45);
    process().runIfDue();
    assertThat(notStripped()).isOne();
    kept = Duration.ofDays(7);
    process().runIfDue();
    assertThat(notStripped()).as("that run did not count as one").isZero();
  }
}
