package io.timebridge.services.fleet;

import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * The row {@code shares-<service>} of {@link TableName#COORDINATION}: {@code rev} and {@code
 * members}, a map from a process's id to its {@code calls}, {@code sessions}, {@code wants_calls},
 * {@code wants_sessions}, {@code ticket}, {@code beat} and {@code keeps_ms}. A call takes at most
 * {@link #CALL}. Thread-safe.
 */
final class DynamoDbSharesStore implements SharesStore {
  /** A share lapses within seconds, so an answer that takes longer is of no use. */
  static final Duration CALL = Duration.ofSeconds(3);

  private static final AwsRequestOverrideConfiguration QUICKLY =
      AwsRequestOverrideConfiguration.builder()
          .apiCallTimeout(CALL)
          .apiCallAttemptTimeout(CALL.dividedBy(2))
          .build();

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final String row;

  /**
   * @param service its key in the settings: {@code first-service}
   * @param dynamoDb stays the caller's to close
   */
  DynamoDbSharesStore(DynamoDbClient dynamoDb, Names names, String service) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.COORDINATION);
    this.row = "shares-" + service;
  }

  @Override
  public Roster read() throws Unavailable, InterruptedException {
    Map<String, AttributeValue> item =
        call(
            "read",
            () ->
                dynamoDb
                    .getItem(r ->
                        r.tableName(table)
                            .key(Map.of(TableName.COORDINATION.hashKey(), text(row)))
                            .consistentRead(true)
                            .overrideConfiguration(QUICKLY))
                    .item());
    try {
      return item.isEmpty() ? Roster.EMPTY : roster(item);
    } catch (IllegalArgumentException unreadable) {
      throw unavailable("understand", unreadable);
    }
  }

  @Override
  public boolean replace(Roster next) throws Unavailable, InterruptedException {
    Map<String, AttributeValue> members = new HashMap<>();
    next.members().forEach(m -> members.put(m.id(), AttributeValue.fromM(attributes(m))));
    Map<String, AttributeValue> item =
        Map.of(
            TableName.COORDINATION.hashKey(),
            text(row),
            "rev",
            number(next.revision()),
            "members",
            AttributeValue.fromM(members));
    long seen = next.revision() - 1;
    return call(
        "write",
        () -> {
          try {
            dynamoDb.putItem(put -> {
              put.tableName(table).item(item).overrideConfiguration(QUICKLY);
              if (seen == 0) {
                put.conditionExpression("attribute_not_exists(rev)");
              } else {
                put.conditionExpression("rev = :seen")
                    .expressionAttributeValues(Map.of(":seen", number(seen)));
              }
            });
            return true;
          } catch (ConditionalCheckFailedException somebodyElse) {
            return false;
          }
        });
  }

  private static Map<String, AttributeValue> attributes(Member member) {
    return Map.of(
        "calls", number(member.share().calls()),
        "sessions", number(member.share().sessions()),
        "wants_calls", number(member.wants().calls()),
        "wants_sessions", number(member.wants().sessions()),
        "ticket", number(member.ticket()),
        "beat", number(member.beat()),
        "keeps_ms", number(member.keeps().toMillis()));
  }

  private static Roster roster(Map<String, AttributeValue> item) {
    List<Member> members = new ArrayList<>();
    Optional.ofNullable(item.get("members"))
        .filter(AttributeValue::hasM)
        .orElseThrow(() -> new IllegalArgumentException("members is missing or no map"))
        .m()
        .forEach((id, value) -> members.add(member(id, value.m())));
    return new Roster(number(item, "rev"), members);
  }

  private static Member member(String id, Map<String, AttributeValue> values) {
    return new Member(
        id,
        new Share(count(values, "calls"), count(values, "sessions")),
        new Share(count(values, "wants_calls"), count(values, "wants_sessions")),
        number(values, "ticket"),
        number(values, "beat"),
        Duration.ofMillis(number(values, "keeps_ms")));
  }

  private static int count(Map<String, AttributeValue> values, String name) {
    long value = number(values, name);
    if (value > 1_000_000) {
      throw new IllegalArgumentException(name + " is out of range: " + value);
    }
    return (int) value;
  }

  private static long number(Map<String, AttributeValue> values, String name) {
    AttributeValue value = values.get(name);
    if (value == null || value.n() == null) {
      throw new IllegalArgumentException(name + " is missing or no number");
    }
    return Long.parseLong(value.n());
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  private interface SdkCall<T> {
    T make();
  }

  private <T> T call(String what, SdkCall<T> call) throws Unavailable, InterruptedException {
    try {
      return call.make();
    } catch (AbortedException aborted) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while DynamoDB was asked");
      }
      throw unavailable(what, aborted);
    } catch (SdkException failed) {
      throw unavailable(what, failed);
    }
  }

  private Unavailable unavailable(String what, RuntimeException cause) {
    return new Unavailable(
        "cannot %s row %s of table %s: %s".formatted(what, row, table, cause.getMessage()), cause);
  }
}
