package io.timebridge.reconcile.sides;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.reconcile.Result;
import io.timebridge.reconcile.ResultJson;
import io.timebridge.reconcile.ResultStore;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The row {@code reconcile-result} of {@link TableName#COORDINATION}: {@code at}, {@code drifts},
 * {@code complete}, and {@code result}, the whole of it as JSON with its first examples.
 */
public final class DynamoDbResults implements ResultStore {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String ROW = "reconcile-result";
  private static final int EXAMPLES = 20;

  private final DynamoDbClient dynamoDb;
  private final String table;

  /** The client stays the caller's to close. */
  public DynamoDbResults(DynamoDbClient dynamoDb, Names names) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.COORDINATION);
  }

  @Override
  public void keep(Result result) throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> row =
        Map.of(
            TableName.COORDINATION.hashKey(),
            AttributeValue.fromS(ROW),
            "at",
            AttributeValue.fromS(result.ended().toString()),
            "drifts",
            AttributeValue.fromN(Long.toString(result.drifts())),
            "complete",
            AttributeValue.fromBool(result.isComplete()),
            "result",
            AttributeValue.fromS(ResultJson.of(result, EXAMPLES).toString()));
    DynamoDbCall.run(
        "row " + ROW + " of " + table, () -> dynamoDb.putItem(r -> r.tableName(table).item(row)));
  }

  @Override
  public Optional<JsonNode> last() throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> row =
        DynamoDbCall.run(
            "row " + ROW + " of " + table,
            () ->
                dynamoDb
                    .getItem(r ->
                        r.tableName(table)
                            .key(
                                Map.of(
                                    TableName.COORDINATION.hashKey(), AttributeValue.fromS(ROW))))
                    .item());
    return Optional.ofNullable(row.get("result")).map(text -> JSON.readTree(text.s()));
  }
}
