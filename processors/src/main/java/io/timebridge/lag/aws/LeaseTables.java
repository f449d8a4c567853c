package io.timebridge.lag.aws;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.Lease;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** Reads the leases of KCL 3.5.1, whose table is named after its application. Thread-safe. */
final class LeaseTables {
  private final DynamoDbClient dynamoDb;

  LeaseTables(DynamoDbClient dynamoDb) {
    this.dynamoDb = dynamoDb;
  }

  /** The leases there are; none where no worker was ever started. */
  List<Lease> read(String application) throws StoreTrouble, InterruptedException {
    return DynamoDbCall.run(
        "lease table " + application,
        () -> {
          try {
            return dynamoDb
                .scanPaginator(r ->
                    r.tableName(application)
                        .consistentRead(true)
                        .filterExpression("attribute_exists(#c)")
                        .expressionAttributeNames(Map.of("#c", "checkpoint")))
                .items()
                .stream()
                .map(LeaseTables::lease)
                .toList();
          } catch (ResourceNotFoundException never) {
            return List.of();
          }
        });
  }

  private static Lease lease(Map<String, AttributeValue> row) {
    return new Lease(
        text(row, "leaseKey"),
        Optional.ofNullable(row.get("leaseOwner")).map(AttributeValue::s),
        number(row, "leaseCounter"),
        text(row, "checkpoint"),
        number(row, "ownerSwitchesSinceCheckpoint"));
  }

  private static String text(Map<String, AttributeValue> row, String name) {
    AttributeValue value = row.get(name);
    return value == null || value.s() == null ? "" : value.s();
  }

  private static long number(Map<String, AttributeValue> row, String name) {
    AttributeValue value = row.get(name);
    return value == null || value.n() == null ? 0 : Long.parseLong(value.n());
  }
}
