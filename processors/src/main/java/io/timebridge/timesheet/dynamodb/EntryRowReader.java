package io.timebridge.timesheet.dynamodb;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.Place;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/**
 * Reads many entry rows; never writes. One that cannot be read is told, and the others are read.
 * Thread-safe.
 */
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

  /** Told of rows that cannot be read. */
  @FunctionalInterface
  public interface Unreadable {
    void row(EntryId id, String problem);
  }

  /** The rows of these entries, those that there are; strongly consistent. */
  public Map<EntryId, EntryRow> rows(Collection<EntryId> ids, Unreadable unreadable)
      throws StoreTrouble, InterruptedException {
    Map<EntryId, EntryRow> rows = new HashMap<>();
    List<Map<String, AttributeValue>> keys = new ArrayList<>();
    for (EntryId id : ids) {
      keys.add(Map.of(KEY, RowCodec.s(id.key())));
      if (keys.size() == KEYS_AT_ONCE) {
        read(keys, rows, unreadable);
        keys.clear();
      }
    }
    if (!keys.isEmpty()) {
      read(keys, rows, unreadable);
    }
    return rows;
  }

  private void read(
      List<Map<String, AttributeValue>> keys, Map<EntryId, EntryRow> rows, Unreadable unreadable)
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
        Optional<EntryId> id = EntryId.parse(RowCodec.attribute(item, KEY).s());
        if (id.isPresent()) {
          read(id.get(), item, RowCodec::row, unreadable).ifPresent(row -> rows.put(id.get(), row));
        }
      }
      left = answer.unprocessedKeys();
    }
  }

  private static <T> Optional<T> read(
      EntryId id,
      Map<String, AttributeValue> item,
      Function<Map<String, AttributeValue>, T> reading,
      Unreadable unreadable) {
    try {
      return Optional.of(reading.apply(item));
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException problem) {
      unreadable.row(id, String.valueOf(problem.getMessage()));
      return Optional.empty();
    }
  }

  private static Place place(Map<String, AttributeValue> item) {
    return Place.parse(Optional.ofNullable(item.get("place")).map(AttributeValue::s).orElse(""));
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
  public void places(
      int rowsPerPage, AfterPage afterPage, Consumer<Place> each, Unreadable unreadable)
      throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> from = Map.of();
    do {
      ScanRequest.Builder scan =
          ScanRequest.builder()
              .tableName(table)
              .limit(rowsPerPage)
              .filterExpression("attribute_exists(place) AND #state = :live")
              .projectionExpression(KEY + ", place")
              .expressionAttributeNames(Map.of("#state", "state"))
              .expressionAttributeValues(Map.of(":live", RowCodec.s(EntryRow.State.LIVE.name())));
      if (!from.isEmpty()) {
        scan.exclusiveStartKey(from);
      }
      ScanResponse page = DynamoDbCall.run("a scan of " + table, () -> dynamoDb.scan(scan.build()));
      for (Map<String, AttributeValue> item : page.items()) {
        EntryId.parse(RowCodec.attribute(item, KEY).s())
            .flatMap(id -> read(id, item, EntryRowReader::place, unreadable))
            .ifPresent(each);
      }
      afterPage.done(page.scannedCount());
      from = page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : Map.of();
    } while (!from.isEmpty());
  }
}
