package io.timebridge.ingest.poller;

import io.timebridge.stream.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * {@link JobStore} in DynamoDB: one item per job or client, the event key as its {@code id}.
 * Touches only its own attributes, since the consumers keep theirs in the same item: {@code
 * published} (a map of the last published content), {@code published_hash}, {@code announced} (such
 * a map of what is being published), {@code published_epoch} (of whoever wrote last).
 */
final class DynamoDbJobStore implements JobStore {
  private final DynamoDbClient client;
  private final String table;

  DynamoDbJobStore(DynamoDbClient client, String table) {
    this.client = client;
    this.table = table;
  }

  @Override
  public List<Row> load() {
    List<Row> rows = new ArrayList<>();
    try {
      client
          .scanPaginator(r ->
              r.tableName(table).consistentRead(true).projectionExpression("published, announced"))
          .items()
          .forEach(item -> {
            Row row = new Row(known(item, "published"), known(item, "announced"));
            if (row.published().isPresent() || row.announced().isPresent()) {
              rows.add(row); // absent where only a consumer has written
            }
          });
    } catch (SdkException unavailable) {
      throw unavailable(unavailable);
    }
    return rows;
  }

  private static Optional<Known> known(Map<String, AttributeValue> item, String attribute) {
    return Optional.ofNullable(item.get(attribute)).map(value -> row(value.m()));
  }

  @Override
  public boolean announce(Known row, long epoch) {
    return written(row, epoch, "SET announced = :row, published_epoch = :epoch", Map.of());
  }

  @Override
  public boolean save(Known row, long epoch) {
    return written(
        row,
        epoch,
        "SET published = :row, published_hash = :hash, published_epoch = :epoch REMOVE announced",
        Map.of(":hash", Attributes.of(row.hash())));
  }

  private boolean written(Known row, long epoch, String update, Map<String, AttributeValue> more) {
    Map<String, AttributeValue> values = new HashMap<>(more);
    values.put(":row", AttributeValue.fromM(content(row)));
    values.put(":epoch", Attributes.of(epoch));
    try {
      client.updateItem(r ->
          r.tableName(table)
              .key(Map.of(TableName.JOB_DATA.hashKey(), Attributes.of(row.key())))
              .updateExpression(update)
              .conditionExpression(
                  "attribute_not_exists(published_epoch) OR published_epoch <= :epoch")
              .expressionAttributeValues(values));
      return true;
    } catch (ConditionalCheckFailedException newerEpoch) {
      return false;
    } catch (SdkException unavailable) {
      throw unavailable(unavailable);
    }
  }

  private static Map<String, AttributeValue> content(Known row) {
    Map<String, AttributeValue> map = new HashMap<>();
    switch (row) {
      case Known.Client c -> {
        map.put("type", Attributes.of("client"));
        map.put("id", Attributes.of(c.id()));
        map.put("code", Attributes.of(c.code()));
        map.put("name", Attributes.of(c.name()));
      }
      case Known.Job j -> {
        map.put("type", Attributes.of("job"));
        map.put("id", Attributes.of(j.id()));
        map.put("code", Attributes.of(j.code()));
        map.put("name", Attributes.of(j.name()));
        map.put("client_id", Attributes.of(j.clientId()));
        map.put("client_code", Attributes.of(j.clientCode()));
        map.put("client_name", Attributes.of(j.clientName()));
        map.put("open", AttributeValue.fromBool(j.open()));
      }
    }
    return map;
  }

  private static Known row(Map<String, AttributeValue> map) {
    long id = Attributes.number(map, "id");
    String code = Attributes.text(map, "code");
    String name = Attributes.text(map, "name");
    return Attributes.text(map, "type").equals("client")
        ? new Known.Client(id, code, name)
        : new Known.Job(
            id,
            code,
            name,
            Attributes.number(map, "client_id"),
            Attributes.text(map, "client_code"),
            Attributes.text(map, "client_name"),
            Attributes.flag(map, "open"));
  }

  private StoreUnavailable unavailable(SdkException cause) {
    return new StoreUnavailable("table " + table + ": " + cause.getMessage(), cause);
  }
}
