package io.timebridge.doctor;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The leases of one KCL application, of shards that are not read to their end: as KCL 3 keeps them,
 * with {@code leaseOwner}, {@code leaseCounter} and {@code checkpoint}.
 */
record Leases(Map<String, Lease> byShard) {
  private static final String SHARD_END = "SHARD_END";

  /**
   * One of them.
   *
   * @param owner empty when nobody has it
   */
  record Lease(String owner, long counter) {}

  Leases {
    byShard = Map.copyOf(byShard);
  }

  /** KCL keeps rows of other kinds in the table as well; only a lease has a checkpoint. */
  static Leases read(DynamoDbClient dynamoDb, String table)
      throws StoreTrouble, InterruptedException {
    return DynamoDbCall.run(
        "a scan of " + table,
        () -> {
          Map<String, Lease> leases = new TreeMap<>();
          dynamoDb
              .scanPaginator(r ->
                  r.tableName(table)
                      .consistentRead(true)
                      .filterExpression("attribute_exists(#c) AND #c <> :end")
                      .expressionAttributeNames(Map.of("#c", "checkpoint"))
                      .expressionAttributeValues(Map.of(":end", AttributeValue.fromS(SHARD_END))))
              .items()
              .forEach(row ->
                  Optional.ofNullable(row.get("leaseKey"))
                      .ifPresent(key -> leases.put(key.s(), lease(row))));
          return new Leases(leases);
        });
  }

  private static Lease lease(Map<String, AttributeValue> row) {
    return new Lease(
        Optional.ofNullable(row.get("leaseOwner")).map(AttributeValue::s).orElse(""),
        Optional.ofNullable(row.get("leaseCounter"))
            .map(AttributeValue::n)
            .map(Long::parseLong)
            .orElse(0L));
  }

  static Leases none() {
    return new Leases(Map.of());
  }

  int size() {
    return byShard.size();
  }

  boolean anyOwned() {
    return byShard.values().stream().anyMatch(lease -> !lease.owner().isEmpty());
  }

  Set<String> owners() {
    return byShard.values().stream()
        .map(Lease::owner)
        .filter(owner -> !owner.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Those of which a later look shows the same; one that was taken over or given up has moved. */
  Leases unmoved(Leases later) {
    return new Leases(
        byShard.entrySet().stream()
            .filter(at -> at.getValue().equals(later.byShard.get(at.getKey())))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  Leases without(Leases others) {
    return new Leases(
        byShard.entrySet().stream()
            .filter(at -> !others.byShard.containsKey(at.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /** At most so many of them, for people. */
  String names(int most) {
    String some = byShard.keySet().stream().sorted().limit(most).collect(Collectors.joining(", "));
    return byShard.size() > most ? some + ", ..." : some;
  }
}
