package io.timebridge.lag.aws;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/** Tables in memory: lease tables and what workers tell; nothing is parked. Thread-safe. */
public final class FakeTables implements DynamoDbClient {
  private final Map<String, Map<String, Map<String, AttributeValue>>> tables =
      new ConcurrentHashMap<>();
  private final Consumer<String> afterRead;
  volatile boolean failing;

  /**
   * @param afterRead what happens when a table, of this name, has been read
   */
  public FakeTables(Consumer<String> afterRead) {
    this.afterRead = afterRead;
  }

  /** A lease as it is from now on. */
  void lease(String application, String shard, String owner, long counter, String checkpoint) {
    table(application)
        .put(
            shard,
            Map.of(
                "leaseKey", AttributeValue.fromS(shard),
                "leaseOwner", AttributeValue.fromS(owner),
                "leaseCounter", AttributeValue.fromN(Long.toString(counter)),
                "checkpoint", AttributeValue.fromS(checkpoint)));
  }

  private Map<String, Map<String, AttributeValue>> table(String name) {
    return tables.computeIfAbsent(name, n -> new ConcurrentSkipListMap<>());
  }

  @Override
  public ScanResponse scan(ScanRequest request) {
    if (failing) {
      throw DynamoDbException.builder().message("planted").build();
    }
    List<Map<String, AttributeValue>> rows = List.copyOf(table(request.tableName()).values());
    afterRead.accept(request.tableName());
    return ScanResponse.builder().items(rows).build();
  }

  @Override
  public PutItemResponse putItem(PutItemRequest request) {
    table(request.tableName()).put(request.item().get("name").s(), request.item());
    return PutItemResponse.builder().build();
  }

  @Override
  public QueryResponse query(QueryRequest request) {
    return QueryResponse.builder().items(List.of()).build();
  }

  @Override
  public String serviceName() {
    return "dynamodb";
  }

  @Override
  public void close() {}
}
