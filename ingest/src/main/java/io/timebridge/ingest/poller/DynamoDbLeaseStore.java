package io.timebridge.ingest.poller;

import io.timebridge.stream.TableName;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/** {@link LeaseStore} as the row {@code poller} of the table {@link TableName#COORDINATION}. */
final class DynamoDbLeaseStore implements LeaseStore {
  private static final Map<String, AttributeValue> KEY =
      Map.of(TableName.COORDINATION.hashKey(), AttributeValue.fromS("poller"));
  private static final Map<String, String> NAMES =
      Map.of("#owner", "owner", "#epoch", "epoch", "#beat", "beat", "#until", "until");

  private final DynamoDbClient client;
  private final String table;

  DynamoDbLeaseStore(DynamoDbClient client, String table) {
    this.client = client;
    this.table = table;
  }

  @Override
  public Optional<Row> read() {
    Map<String, AttributeValue> item =
        call(() -> client.getItem(r -> r.tableName(table).key(KEY).consistentRead(true)).item());
    return item.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Row(
                item.get("owner").s(),
                Long.parseLong(item.get("epoch").n()),
                Long.parseLong(item.get("beat").n()),
                Instant.ofEpochMilli(Long.parseLong(item.get("until").n()))));
  }

  @Override
  public boolean takeOver(Optional<Row> seen, Row next) {
    Map<String, AttributeValue> item = new HashMap<>(KEY);
    item.put("owner", AttributeValue.fromS(next.owner()));
    item.put("epoch", number(next.epoch()));
    item.put("beat", number(next.beat()));
    item.put("until", number(next.until().toEpochMilli()));
    if (seen.isEmpty()) {
      return written(
          () ->
              client.putItem(
                  r ->
                      r.tableName(table)
                          .item(item)
                          .conditionExpression("attribute_not_exists(#epoch)")
                          .expressionAttributeNames(Map.of("#epoch", "epoch"))));
    }
    return written(
        () ->
            client.putItem(
                r ->
                    r.tableName(table)
                        .item(item)
                        .conditionExpression("#owner = :owner AND #epoch = :epoch AND #beat = :beat")
                        .expressionAttributeNames(
                            Map.of("#owner", "owner", "#epoch", "epoch", "#beat", "beat"))
                        .expressionAttributeValues(
                            Map.of(
                                ":owner", AttributeValue.fromS(seen.get().owner()),
                                ":epoch", number(seen.get().epoch()),
                                ":beat", number(seen.get().beat())))));
  }

  @Override
  public boolean renew(String owner, long epoch, Instant until) {
    return update(
        "SET #beat = #beat + :one, #until = :until",
        owner,
        epoch,
        Map.of(":one", number(1), ":until", number(until.toEpochMilli())));
  }

  @Override
  public void release(String owner, long epoch) {
    boolean ours =
        update(
            "SET #owner = :nobody, #beat = #beat + :one, #until = :never",
            owner,
            epoch,
            Map.of(
                ":nobody", AttributeValue.fromS(""), ":one", number(1), ":never", number(0)));
    if (!ours) {
      return; // another has taken over: nothing to give back
    }
  }

  private boolean update(
      String expression, String owner, long epoch, Map<String, AttributeValue> values) {
    Map<String, AttributeValue> all = new HashMap<>(values);
    all.put(":owner", AttributeValue.fromS(owner));
    all.put(":epoch", number(epoch));
    return written(
        () ->
            client.updateItem(
                r ->
                    r.tableName(table)
                        .key(KEY)
                        .updateExpression(expression)
                        .conditionExpression("#owner = :owner AND #epoch = :epoch")
                        .expressionAttributeNames(NAMES)
                        .expressionAttributeValues(all)));
  }

  private boolean written(Supplier<?> write) {
    return call(
        () -> {
          try {
            write.get();
            return true;
          } catch (ConditionalCheckFailedException othersRow) {
            return false;
          }
        });
  }

  private <T> T call(Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException unavailable) {
      throw new StoreUnavailable("table " + table + ": " + unavailable.getMessage(), unavailable);
    }
  }

  private static AttributeValue number(long n) {
    return AttributeValue.fromN(Long.toString(n));
  }
}
