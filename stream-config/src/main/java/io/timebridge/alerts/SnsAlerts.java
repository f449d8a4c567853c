package io.timebridge.alerts;

import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.Topic;

/**
 * {@link Alerts} to the deployment's SNS topic, as {@link ChatMessage}. Row {@code alert-<problem>}
 * of {@link TableName#COORDINATION} says what was told: {@code episode}, {@code state} (open,
 * over), {@code told_at} (epoch milliseconds), {@code thread}, {@code title}, {@code sightings};
 * and, while one process is telling, {@code claimed_by} and {@code claimed_until}. Whoever has
 * claimed the row publishes, then writes that it is told; when publishing fails the claim is given
 * back, and the next call tries again.
 */
public final class SnsAlerts implements Alerts {
  /** A problem that lasts is told again after this time. */
  static final Duration REMIND_AFTER = Duration.ofHours(24);

  /** Longer than a publish with all its attempts. */
  private static final Duration CLAIM = Duration.ofSeconds(30);

  private static final String UNCLAIMED =
      "(attribute_not_exists(claimed_until) OR claimed_until <= :now)";
  private static final String TO_RAISE =
      UNCLAIMED
          + " AND (attribute_not_exists(told_at) OR episode < :episode"
          + " OR (episode = :episode AND (#state = :over OR told_at <= :remind)))";
  private static final String TO_END =
      UNCLAIMED + " AND attribute_exists(told_at) AND #state = :open AND episode < :episode";

  private static final Logger LOG = LoggerFactory.getLogger(SnsAlerts.class);

  private final SnsClient sns;
  private final DynamoDbClient dynamoDb;
  private final String topicName;
  private final String table;
  private final InstantSource clock;
  private final String me = UUID.randomUUID().toString();
  private volatile @Nullable String topicArn;

  /** Both clients stay the caller's to close. */
  public SnsAlerts(SnsClient sns, DynamoDbClient dynamoDb, Names names, InstantSource clock) {
    this.sns = sns;
    this.dynamoDb = dynamoDb;
    this.topicName = names.alertTopic();
    this.table = names.table(TableName.COORDINATION);
    this.clock = clock;
  }

  @Override
  public boolean raise(Alert alert, long episode) throws NotTold, InterruptedException {
    return tell(alert, episode, TO_RAISE, "open");
  }

  @Override
  public boolean over(Alert alert, long episode) throws NotTold, InterruptedException {
    return tell(alert, episode, TO_END, "over");
  }

  @Override
  public Told told(String problem) throws NotTold, InterruptedException {
    Map<String, AttributeValue> row =
        call(
            "reading alert " + problem + " in " + table,
            () ->
                dynamoDb
                    .getItem(r -> r.tableName(table).key(key(problem)).consistentRead(true))
                    .item());
    AttributeValue episode = row.get("episode");
    return episode == null || !row.containsKey("told_at")
        ? Told.NEVER
        : new Told(
            Long.parseLong(episode.n()),
            text("open").equals(row.get("state")),
            Long.parseLong(row.getOrDefault("sightings", number(0)).n()));
  }

  @Override
  public void seen(String problem) throws NotTold, InterruptedException {
    call(
        "counting alert " + problem + " in " + table,
        () ->
            dynamoDb.updateItem(update ->
                update
                    .tableName(table)
                    .key(key(problem))
                    .updateExpression("ADD sightings :one")
                    .expressionAttributeValues(Map.of(":one", number(1)))));
  }

  private static <T> T call(String what, Supplier<T> call) throws NotTold, InterruptedException {
    try {
      return call.get();
    } catch (AbortedException aborted) {
      throw interrupted(what, aborted);
    } catch (SdkException failed) {
      throw new NotTold(what + ": " + failed.getMessage(), failed);
    }
  }

  private static InterruptedException interrupted(String what, AbortedException aborted) {
    InterruptedException interrupted = new InterruptedException("interrupted during " + what);
    interrupted.initCause(aborted);
    return interrupted;
  }

  private boolean tell(Alert alert, long episode, String condition, String state)
      throws NotTold, InterruptedException {
    try {
      Optional<Map<String, AttributeValue>> before = claim(alert, episode, condition);
      if (before.isEmpty()) {
        return false;
      }
      String thread = thread(alert, episode, state, before.get());
      publish(alert, thread);
      told(alert, episode, state, thread);
      LOG.info("alert sent: problem={} state={} episode={}", alert.problem(), state, episode);
      return true;
    } catch (AbortedException aborted) {
      throw interrupted("an alert", aborted);
    } catch (SdkException failed) {
      throw new NotTold(
          "alert %s not sent: %s".formatted(alert.problem(), failed.getMessage()), failed);
    }
  }

  /** An end belongs to the thread of its beginning, and so does a reminder. */
  private static String thread(
      Alert alert, long episode, String state, Map<String, AttributeValue> before) {
    AttributeValue last = before.get("thread");
    boolean reminds =
        number(episode).equals(before.get("episode")) && text("open").equals(before.get("state"));
    boolean continues = state.equals("over") || reminds;
    return continues && last != null ? last.s() : alert.problem() + "-" + episode;
  }

  /** What the row was before; empty when there is nothing to tell. */
  private Optional<Map<String, AttributeValue>> claim(Alert alert, long episode, String condition) {
    long now = clock.millis();
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":me", text(me));
    values.put(":until", number(now + CLAIM.toMillis()));
    values.put(":now", number(now));
    values.put(":episode", number(episode));
    if (condition.contains(":open")) {
      values.put(":open", text("open"));
    }
    if (condition.contains(":remind")) {
      values.put(":remind", number(now - REMIND_AFTER.toMillis()));
      values.put(":over", text("over"));
    }
    try {
      return Optional.of(
          dynamoDb
              .updateItem(update ->
                  update
                      .tableName(table)
                      .key(key(alert.problem()))
                      .updateExpression("SET claimed_by = :me, claimed_until = :until")
                      .conditionExpression(condition)
                      .expressionAttributeNames(Map.of("#state", "state"))
                      .expressionAttributeValues(values)
                      .returnValues(ReturnValue.ALL_OLD))
              .attributes());
    } catch (ConditionalCheckFailedException told) {
      return Optional.empty();
    }
  }

  private void publish(Alert alert, String thread) {
    try {
      String message = ChatMessage.of(alert, thread);
      String arn = arn();
      sns.publish(publish -> publish.topicArn(arn).message(message));
    } catch (RuntimeException failed) {
      unclaim(alert);
      throw failed;
    }
  }

  private String arn() {
    String known = topicArn;
    if (known == null) {
      known =
          sns.listTopicsPaginator().topics().stream()
              .map(Topic::topicArn)
              .filter(arn -> arn.endsWith(":" + topicName))
              .findFirst()
              .orElseThrow(
                  () -> SdkException.create("SNS topic " + topicName + " does not exist", null));
      topicArn = known;
    }
    return known;
  }

  private void told(Alert alert, long episode, String state, String thread) {
    try {
      dynamoDb.updateItem(update ->
          update
              .tableName(table)
              .key(key(alert.problem()))
              .updateExpression(
                  "SET told_at = :now, episode = :episode, #state = :state, thread = :thread, title = :title"
                      + " REMOVE claimed_by, claimed_until")
              .conditionExpression("claimed_by = :me")
              .expressionAttributeNames(Map.of("#state", "state"))
              .expressionAttributeValues(
                  Map.of(
                      ":now", number(clock.millis()),
                      ":episode", number(episode),
                      ":state", text(state),
                      ":thread", text(thread),
                      ":title", text(alert.title()),
                      ":me", text(me))));
    } catch (ConditionalCheckFailedException late) {
      LOG.warn("alert {} took longer than its claim, it may come twice", alert.problem());
    }
  }

  /** So that the next look need not wait for the claim to end; if it fails, it waits. */
  private void unclaim(Alert alert) {
    try {
      dynamoDb.updateItem(update ->
          update
              .tableName(table)
              .key(key(alert.problem()))
              .updateExpression("REMOVE claimed_by, claimed_until")
              .conditionExpression("claimed_by = :me")
              .expressionAttributeValues(Map.of(":me", text(me))));
    } catch (SdkException failed) {
      LOG.warn("the claim of alert {} stays until it ends", alert.problem(), failed);
    }
  }

  private static Map<String, AttributeValue> key(String problem) {
    return Map.of(TableName.COORDINATION.hashKey(), text("alert-" + problem));
  }

  private static AttributeValue text(String text) {
    return AttributeValue.fromS(text);
  }

  private static AttributeValue number(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }
}
