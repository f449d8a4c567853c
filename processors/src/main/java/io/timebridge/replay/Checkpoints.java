package io.timebridge.replay;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** How far an application's workers are, by its lease table, as KCL keeps it. */
final class Checkpoints {
  private static final String SHARD_END = "SHARD_END";

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final Set<String> seen;

  /**
   * The client stays the caller's to close.
   *
   * @param leased shards that an earlier run has seen to have a lease
   */
  Checkpoints(DynamoDbClient dynamoDb, String table, Set<String> leased) {
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.seen = new HashSet<>(leased);
  }

  /**
   * Whether the shard has a lease, or had one: to be asked when something is published to it, so
   * that its lease's end is known for what it is.
   */
  boolean isLeased(String shard) throws StoreTrouble, InterruptedException {
    if (!seen.contains(shard) && checkpoint(shard).isPresent()) {
      seen.add(shard);
    }
    return seen.contains(shard);
  }

  /** Takes away what the workers have finished. */
  void settle(Outstanding outstanding) throws StoreTrouble, InterruptedException {
    for (String shard : outstanding.shards()) {
      Optional<String> checkpoint = checkpoint(shard);
      if (checkpoint.isEmpty()) {
        if (seen.contains(shard)) { // KCL removes the lease of a shard that is finished
          outstanding.handled(shard);
        }
        continue;
      }
      seen.add(shard);
      if (checkpoint.get().equals(SHARD_END)) {
        outstanding.handled(shard);
      } else if (checkpoint.get().matches("[0-9]+")) {
        outstanding.handledUpTo(shard, new BigInteger(checkpoint.get()));
      }
    }
  }

  /** Empty when the shard has no lease, or no worker has ever run. */
  private Optional<String> checkpoint(String shard) throws StoreTrouble, InterruptedException {
    return DynamoDbCall.run(
        "reading the lease of " + shard + " in " + table,
        () -> {
          try {
            return Optional.ofNullable(
                    dynamoDb
                        .getItem(r ->
                            r.tableName(table)
                                .key(Map.of("leaseKey", AttributeValue.fromS(shard)))
                                .consistentRead(true))
                        .item()
                        .get("checkpoint"))
                .map(AttributeValue::s);
          } catch (ResourceNotFoundException noWorkerYet) {
            return Optional.empty();
          }
        });
  }
}
