package io.timebridge.timesheet.dynamodb;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/** Reads many entry rows; never writes. Thread-safe. */
public final class EntryRowReader {
  private static final String KEY = TableName.TIMESHEET_ENTRIES.hashKey();
  private static final int KEYS_AT_ONCE = 100;

  /** DynamoDB leaves keys out when it has too much to do. */
  private static final int ROUNDS = 20;

  private final DynamoDbClient dynamoDb;
  private final String table;

  /** The client stays the caller's to close. */
  public EntryRowReader(DynamoDbClient dynamoDb, Names names) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.TIMESHEET_ENTRIES);
  }

  /** The rows of these entries, those that there are; strongly consistent. */
  public Map<EntryId, EntryRow> rows(Collection<EntryId> ids)
      throws StoreTrouble, InterruptedException {
    Map<EntryId, EntryRow> rows = new HashMap<>();
    List<Map<String, AttributeValue>> keys = new ArrayList<>();
    for (EntryId id : ids) {
      keys.add(Map.of(KEY, RowCodec.s(id.key())));
      if (keys.size() == KEYS_AT_ONCE) {
        read(keys, rows);
        keys.clear();
      }
    }
    if (!keys.isEmpty()) {
      read(keys, rows);
    }
    return rows;
  }

  private void read(List<Map<String, AttributeValue>> keys, Map<EntryId, EntryRow> rows)
      throws StoreTrouble, InterruptedException {
    Map<String, KeysAndAttributes> left =
        Map.of(table, KeysAndAttributes.builder().keys(keys).consistentRead(true).build());
    for (int round = 0; !left.isEmpty(); round++) {
      if (round == ROUNDS) {
        throw new StoreTrouble("rows of " + table + ": it has too much to do", null);
      }
      Map<String, KeysAndAttributes> asked = left;
      BatchGetItemResponse answer =
          DynamoDbCall.run(
              "rows of " + table, () -> dynamoDb.batchGetItem(r -> r.requestItems(asked)));
      for (Map<String, AttributeValue> item : answer.responses().getOrDefault(table, List.of())) {
        EntryId.parse(RowCodec.attribute(item, KEY).s())
            .ifPresent(id -> rows.put(id, RowCodec.row(item)));
      }
      left = answer.unprocessedKeys();
    }
  }

  /** Told after each page of {@link #places}. */
  @FunctionalInterface
  public interface AfterPage {
    void done(int rows) throws InterruptedException;
  }

  /**
   * Goes through the whole table once, and shows where each timesheet was last written that is
   * there as far as we know.
   *
   * @param rowsPerPage read at a time, at most
   */
  public void places(int rowsPerPage, AfterPage afterPage, Consumer<Place> each)
      throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> from = Map.of();
    do {
      ScanRequest.Builder scan =
          ScanRequest.builder()
              .tableName(table)
              .limit(rowsPerPage)
              .filterExpression("attribute_exists(place) AND #state = :live")
              .projectionExpression("place")
              .expressionAttributeNames(Map.of("#state", "state"))
              .expressionAttributeValues(Map.of(":live", RowCodec.s(EntryRow.State.LIVE.name())));
      if (!from.isEmpty()) {
        scan.exclusiveStartKey(from);
      }
      ScanResponse page = DynamoDbCall.run("a scan of " + table, () -> dynamoDb.scan(scan.build()));
      for (Map<String, AttributeValue> item : page.items()) {
        Optional.ofNullable(item.get("place")).map(p -> Place.parse(p.s())).ifPresent(each);
      }
      afterPage.done(page.scannedCount());
      from = page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : Map.of();
    } while (!from.isEmpty());
  }
}
