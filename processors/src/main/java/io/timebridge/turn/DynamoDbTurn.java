package io.timebridge.turn;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * {@link Turn} as a row of {@link TableName#COORDINATION}: {@code held_by} and {@code held_until}
 * while a process has it, {@code done_at} once the work was done (epoch milliseconds).
 */
public final class DynamoDbTurn implements Turn {
  private static final String MINE_OR_FREE =
      "(attribute_not_exists(held_until) OR held_until <= :now OR held_by = :me)";
  private static final String DUE = "(attribute_not_exists(done_at) OR done_at <= :due)";

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final String row;
  private final InstantSource clock;
  private final String me = UUID.randomUUID().toString();

  /**
   * The client stays the caller's to close.
   *
   * @param row of the table; the same for all who take turns
   */
  public DynamoDbTurn(DynamoDbClient dynamoDb, Names names, String row, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.COORDINATION);
    this.row = row;
    this.clock = clock;
  }

  @Override
  public boolean take(Duration holdFor) throws StoreTrouble, InterruptedException {
    return hold(holdFor, MINE_OR_FREE, Map.of());
  }

  @Override
  public boolean takeAfter(Duration every, Duration holdFor)
      throws StoreTrouble, InterruptedException {
    return hold(
        holdFor,
        MINE_OR_FREE + " AND " + DUE,
        Map.of(":due", number(clock.millis() - every.toMillis())));
  }

  private boolean hold(Duration holdFor, String condition, Map<String, AttributeValue> more)
      throws StoreTrouble, InterruptedException {
    long now = clock.millis();
    Map<String, AttributeValue> values = new HashMap<>(more);
    values.put(":me", AttributeValue.fromS(me));
    values.put(":now", number(now));
    values.put(":until", number(now + holdFor.toMillis()));
    return update("SET held_by = :me, held_until = :until", condition, values);
  }

  @Override
  public void done() throws StoreTrouble, InterruptedException {
    update(
        "SET done_at = :now REMOVE held_by, held_until",
        "held_by = :me",
        Map.of(":me", AttributeValue.fromS(me), ":now", number(clock.millis())));
  }

  @Override
  public void give() throws StoreTrouble, InterruptedException {
    update("REMOVE held_by, held_until", "held_by = :me", Map.of(":me", AttributeValue.fromS(me)));
  }

  private boolean update(String change, String condition, Map<String, AttributeValue> values)
      throws StoreTrouble, InterruptedException {
    try {
      DynamoDbCall.run(
          "row " + row + " of " + table,
          () ->
              dynamoDb.updateItem(r ->
                  r.tableName(table)
                      .key(Map.of(TableName.COORDINATION.hashKey(), AttributeValue.fromS(row)))
                      .updateExpression(change)
                      .conditionExpression(condition)
                      .expressionAttributeValues(values)));
      return true;
    } catch (ConditionalCheckFailedException others) {
      return false;
    }
  }

  private static AttributeValue number(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }
}
