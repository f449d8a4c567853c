package io.timebridge.ingest.poller;

import io.timebridge.stream.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/** {@link JobStore} in DynamoDB: one item per job or client, its key as {@code id}. */
final class DynamoDbJobStore implements JobStore {
  private final DynamoDbClient client;
  private final String table;

  DynamoDbJobStore(DynamoDbClient client, String table) {
    this.client = client;
    this.table = table;
  }

  @Override
  public List<Known> load() {
    List<Known> rows = new ArrayList<>();
    try {
      client
          .scanPaginator(r -> r.tableName(table).consistentRead(true))
          .items()
          .forEach(item -> rows.add(row(item)));
    } catch (SdkException unavailable) {
      throw unavailable(unavailable);
    }
    return rows;
  }

  @Override
  public boolean save(Known row, long epoch) {
    Map<String, AttributeValue> item = item(row);
    item.put("epoch", number(epoch));
    try {
      client.putItem(
          r ->
              r.tableName(table)
                  .item(item)
                  .conditionExpression("attribute_not_exists(#epoch) OR #epoch <= :epoch")
                  .expressionAttributeNames(Map.of("#epoch", "epoch"))
                  .expressionAttributeValues(Map.of(":epoch", number(epoch))));
      return true;
    } catch (ConditionalCheckFailedException newerEpoch) {
      return false;
    } catch (SdkException unavailable) {
      throw unavailable(unavailable);
    }
  }

  private static Map<String, AttributeValue> item(Known row) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(TableName.JOB_DATA.hashKey(), AttributeValue.fromS(row.key()));
    item.put("hash", AttributeValue.fromS(row.hash()));
    switch (row) {
      case Known.Client c -> {
        item.put("client_id", number(c.id()));
        item.put("code", AttributeValue.fromS(c.code()));
        item.put("name", AttributeValue.fromS(c.name()));
      }
      case Known.Job j -> {
        item.put("job_id", number(j.id()));
        item.put("code", AttributeValue.fromS(j.code()));
        item.put("name", AttributeValue.fromS(j.name()));
        item.put("client_id", number(j.clientId()));
        item.put("client_code", AttributeValue.fromS(j.clientCode()));
        item.put("client_name", AttributeValue.fromS(j.clientName()));
        item.put("open", AttributeValue.fromBool(j.open()));
      }
    }
    return item;
  }

  private static Known row(Map<String, AttributeValue> item) {
    long clientId = Long.parseLong(item.get("client_id").n());
    String code = item.get("code").s();
    String name = item.get("name").s();
    AttributeValue jobId = item.get("job_id");
    return jobId == null
        ? new Known.Client(clientId, code, name)
        : new Known.Job(
            Long.parseLong(jobId.n()),
            code,
            name,
            clientId,
            item.get("client_code").s(),
            item.get("client_name").s(),
            item.get("open").bool());
  }

  private StoreUnavailable unavailable(SdkException cause) {
    return new StoreUnavailable("table " + table + ": " + cause.getMessage(), cause);
  }

  private static AttributeValue number(long n) {
    return AttributeValue.fromN(Long.toString(n));
  }
}
