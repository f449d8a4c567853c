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
      Map.of(TableName.COORDINATION.hashKey(), Attributes.of("poller"));
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
                Attributes.text(item, "owner"),
                Attributes.number(item, "epoch"),
                Attributes.number(item, "beat"),
                Instant.ofEpochMilli(Attributes.number(item, "until"))));
  }

  @Override
  public boolean takeOver(Optional<Row> seen, Row next) {
    Map<String, AttributeValue> item = new HashMap<>(KEY);
    item.put("owner", Attributes.of(next.owner()));
    item.put("epoch", Attributes.of(next.epoch()));
    item.put("beat", Attributes.of(next.beat()));
    item.put("until", Attributes.of(next.until().toEpochMilli()));
    if (seen.isEmpty()) {
      return written(() ->
          client.putItem(r ->
              r.tableName(table)
                  .item(item)
                  .conditionExpression("attribute_not_exists(#epoch)")
                  .expressionAttributeNames(Map.of("#epoch", "epoch"))));
    }
    return written(() ->
        client.putItem(r ->
            r.tableName(table)
                .item(item)
                .conditionExpression("#owner = :owner AND #epoch = :epoch AND #beat = :beat")
                .expressionAttributeNames(
                    Map.of("#owner", "owner", "#epoch", "epoch", "#beat", "beat"))
                .expressionAttributeValues(
                    Map.of(
                        ":owner", Attributes.of(seen.get().owner()),
                        ":epoch", Attributes.of(seen.get().epoch()),
                        ":beat", Attributes.of(seen.get().beat())))));
  }

  @Override
  public boolean renew(String owner, long epoch, Instant until, LastLook look) {
    return update(
        "SET #beat = #beat + :one, #until = :until, looked = :looked, looked_at = :at",
        owner,
        epoch,
        Map.of(
            ":one", Attributes.of(1),
            ":until", Attributes.of(until.toEpochMilli()),
            ":looked", Attributes.of(look.saw()),
            ":at", Attributes.of(look.at().toEpochMilli())));
  }

  /** Where another has taken over there is nothing to give back. */
  @Override
  public void release(String owner, long epoch) {
    update(
        "SET #owner = :nobody, #beat = #beat + :one, #until = :never",
        owner,
        epoch,
        Map.of(":nobody", Attributes.of(""), ":one", Attributes.of(1), ":never", Attributes.of(0)));
  }

  private boolean update(
      String expression, String owner, long epoch, Map<String, AttributeValue> values) {
    Map<String, AttributeValue> all = new HashMap<>(values);
    all.put(":owner", Attributes.of(owner));
    all.put(":epoch", Attributes.of(epoch));
    return written(() ->
        client.updateItem(r ->
            r.tableName(table)
                .key(KEY)
                .updateExpression(expression)
                .conditionExpression("#owner = :owner AND #epoch = :epoch")
                .expressionAttributeNames(NAMES)
                .expressionAttributeValues(all)));
  }

  private boolean written(Runnable write) {
    return call(() -> {
      try {
        write.run();
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
}
