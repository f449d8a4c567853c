package io.timebridge.bench.scenario;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A row of KCL's lease table.
 *
 * @param owner worker that holds it; empty when nobody does
 * @param checkpoint sequence number, {@link #UNTOUCHED} or {@link #ENDED}
 */
public record Lease(String shard, Optional<String> owner, String checkpoint) {
  public static final String UNTOUCHED = "TRIM_HORIZON";
  public static final String ENDED = "SHARD_END";

  public boolean ended() {
    return checkpoint.equals(ENDED);
  }

  public boolean heldBy(String worker) {
    return owner.equals(Optional.of(worker));
  }

  /** All leases of an application, as they are now. */
  public static List<Lease> all(DynamoDbClient dynamoDb, String application) {
    return dynamoDb
        .scanPaginator(r -> r.tableName(application).consistentRead(true))
        .items()
        .stream()
        .filter(row -> row.containsKey("checkpoint")) // KCL keeps rows of other kinds there as well
        .map(Lease::of)
        .toList();
  }

  private static Lease of(Map<String, AttributeValue> row) {
    return new Lease(
        row.getOrDefault("leaseKey", NONE).s(),
        Optional.ofNullable(row.getOrDefault("leaseOwner", NONE).s()),
        row.getOrDefault("checkpoint", NONE).s());
  }

  private static final AttributeValue NONE = AttributeValue.builder().build();
}
