package io.timebridge.reconcile.sides;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.reconcile.Result;
import io.timebridge.reconcile.ResultJson;
import io.timebridge.reconcile.ResultStore;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The row {@code reconcile-result} of {@link TableName#COORDINATION}: {@code at}, {@code drifts},
 * {@code complete}, and {@code result}, the whole of it as JSON with its first examples.
 */
public final class DynamoDbResults implements ResultStore {
  private static final Logger LOG = LoggerFactory.getLogger(DynamoDbResults.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String ROW = "reconcile-result";
  private static final String AT = "at";
  private static final int EXAMPLES = 20;

  /** As long for every time, so that the order of the texts is that of the times. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final DynamoDbClient dynamoDb;
  private final String table;

  /** The client stays the caller's to close. */
  public DynamoDbResults(DynamoDbClient dynamoDb, Names names) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.COORDINATION);
  }

  @Override
  public void keep(Result result) throws StoreTrouble, InterruptedException {
    AttributeValue at = AttributeValue.fromS(TIME.format(result.ended()));
    Map<String, AttributeValue> row = new HashMap<>(key());
    row.put(AT, at);
    row.put("drifts", AttributeValue.fromN(Long.toString(result.drifts())));
    row.put("complete", AttributeValue.fromBool(result.isComplete()));
    row.put("result", AttributeValue.fromS(ResultJson.of(result, EXAMPLES).toString()));
    if (put(row, "attribute_not_exists(#at) OR #at <= :at", at)) {
      return;
    }
    Map<String, AttributeValue> there = row();
    if (isReadable(there)) {
      LOG.info("reconcile: a newer result than that of {} is kept", result.ended());
    } else {
      put(row, "attribute_not_exists(#at) OR #at = :at", there.getOrDefault(AT, at));
    }
  }

  private boolean put(Map<String, AttributeValue> row, String condition, AttributeValue at)
      throws StoreTrouble, InterruptedException {
    try {
      DynamoDbCall.run(
          what(),
          () ->
              dynamoDb.putItem(r ->
                  r.tableName(table)
                      .item(row)
                      .conditionExpression(condition)
                      .expressionAttributeNames(Map.of("#at", AT))
                      .expressionAttributeValues(Map.of(":at", at))));
      return true;
    } catch (ConditionalCheckFailedException another) {
      return false;
    }
  }

  @Override
  public Optional<JsonNode> last() throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> row = row();
    return row.isEmpty() ? Optional.empty() : Optional.of(read(row));
  }

  private Map<String, AttributeValue> row() throws StoreTrouble, InterruptedException {
    return DynamoDbCall.run(
        what(),
        () -> dynamoDb.getItem(r -> r.tableName(table).key(key()).consistentRead(true)).item());
  }

  private boolean isReadable(Map<String, AttributeValue> row) {
    try {
      read(row);
      return true;
    } catch (StoreTrouble unreadable) {
      LOG.warn("reconcile: {}", unreadable.getMessage());
      return false;
    }
  }

  private JsonNode read(Map<String, AttributeValue> row) throws StoreTrouble {
    try {
      String text = Optional.ofNullable(row.get("result")).map(AttributeValue::s).orElse("");
      JsonNode result = JSON.readTree(text);
      Instant.parse(result.path("ended").asString(""));
      return result;
    } catch (JacksonException | DateTimeException unreadable) {
      throw new StoreTrouble(
          what() + " cannot be read; the next comparison takes its place", unreadable);
    }
  }

  private static Map<String, AttributeValue> key() {
    return Map.of(TableName.COORDINATION.hashKey(), AttributeValue.fromS(ROW));
  }

  private String what() {
    return "row " + ROW + " of " + table;
  }
}
