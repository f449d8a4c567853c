package io.timebridge.backup;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/**
 * {@link BackupStore} in table {@link TableName#TIMESHEET_BACKUP}: {@code entry_id}, {@code
 * version} (number), {@code body} (text), {@code deleted_at} (ISO-8601, UTC; missing while the
 * entry lives), {@code rev} (number, +1 on every write). One consistent read, one conditional
 * write.
 */
public final class DynamoDbBackupStore implements BackupStore {
  private final DynamoDbClient dynamo;
  private final String table;

  public DynamoDbBackupStore(DynamoDbClient dynamo, Names names) {
    this.dynamo = dynamo;
    this.table = names.table(TableName.TIMESHEET_BACKUP);
  }

  @Override
  public Optional<Stored> read(EntryId id) throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> item =
        DynamoDbCall.run(
            "reading " + id + " in " + table,
            () ->
                dynamo
                    .getItem(get ->
                        get.tableName(table)
                            .key(Map.of("entry_id", AttributeValue.fromS(id.key())))
                            .consistentRead(true))
                    .item());
    if (item.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Stored(backup(item), Long.parseLong(attribute(item, "rev").n())));
  }

  private Backup backup(Map<String, AttributeValue> item) {
    return new Backup(
        Long.parseLong(attribute(item, "version").n()),
        attribute(item, "body").s(),
        Optional.ofNullable(item.get("deleted_at")).map(at -> Instant.parse(at.s())));
  }

  /**
   * Told of a backup.
   *
   * @param <E> ends the visits
   */
  @FunctionalInterface
  public interface Visitor<E extends Exception> {
    void visit(EntryId id, Backup backup) throws E, StoreTrouble, InterruptedException;
  }

  /** Visits every backup, in no order; one that is written meanwhile as it was or as it is. */
  public <E extends Exception> void each(Visitor<E> visitor)
      throws E, StoreTrouble, InterruptedException {
    Map<String, AttributeValue> after = Map.of();
    do {
      Map<String, AttributeValue> from = after;
      ScanResponse page =
          DynamoDbCall.run(
              "reading " + table,
              () ->
                  dynamo.scan(
                      r -> r.tableName(table).exclusiveStartKey(from.isEmpty() ? null : from)));
      for (Map<String, AttributeValue> item : page.items()) {
        Optional<EntryId> id = EntryId.parse(attribute(item, "entry_id").s());
        if (id.isPresent()) {
          visitor.visit(id.get(), backup(item));
        }
      }
      after = page.lastEvaluatedKey();
    } while (!after.isEmpty());
  }

  private AttributeValue attribute(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    if (value == null) {
      throw new IllegalStateException("a row of %s lacks %s".formatted(table, name));
    }
    return value;
  }

  @Override
  public boolean replace(EntryId id, Optional<Stored> seen, Backup next)
      throws StoreTrouble, InterruptedException {
    long revision = seen.map(Stored::revision).orElse(0L);
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("entry_id", AttributeValue.fromS(id.key()));
    item.put("version", number(next.version()));
    item.put("body", AttributeValue.fromS(next.body()));
    item.put("rev", number(revision + 1));
    next.deletedAt().ifPresent(at -> item.put("deleted_at", AttributeValue.fromS(at.toString())));
    PutItemRequest.Builder put = PutItemRequest.builder().tableName(table).item(item);
    if (seen.isPresent()) {
      put.conditionExpression("rev = :seen")
          .expressionAttributeValues(Map.of(":seen", number(revision)));
    } else {
      put.conditionExpression("attribute_not_exists(entry_id)");
    }
    try {
      DynamoDbCall.run("writing " + id + " in " + table, () -> dynamo.putItem(put.build()));
      return true;
    } catch (ConditionalCheckFailedException changed) {
      return false;
    }
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
