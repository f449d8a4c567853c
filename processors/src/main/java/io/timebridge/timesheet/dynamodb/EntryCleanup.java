package io.timebridge.timesheet.dynamodb;

import static io.timebridge.timesheet.dynamodb.RowCodec.n;
import static io.timebridge.timesheet.dynamodb.RowCodec.s;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.EntryRow;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/**
 * Makes entry rows small that nobody has touched for long. What a later edit or deletion needs to
 * reach the entry's timesheet stays: {@code v}, {@code tried}, {@code tid}, {@code place}, with
 * {@code state} and {@code rev}. A row of a deleted entry is removed: without a row there is
 * nothing of ours in SecondService. Rows whose events wait, and rows with an announced call, are
 * left alone; so is one that somebody writes at the same moment.
 *
 * <p>Reads the whole table, page by page, once per run. Ending it anywhere does no harm.
 */
public final class EntryCleanup {
  /** When a row was last written. */
  static final String AT = "at";

  private static final String KEY = TableName.TIMESHEET_ENTRIES.hashKey();

  /** What is left of a row; the names that DynamoDB keeps for itself have an alias each. */
  private static final List<String> STAYS = List.of(KEY, "v", "tried", "tid", "place", "state");

  private static final String UNDISTURBED =
      "attribute_not_exists(intent) AND (attribute_not_exists(#lane) OR #lane = :stream)";

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final InstantSource clock;

  /** The client stays the caller's to close. */
  public EntryCleanup(DynamoDbClient dynamoDb, Names names, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.TIMESHEET_ENTRIES);
    this.clock = clock;
  }

  /**
   * What came of a run.
   *
   * @param read rows of the table
   * @param stripped rows that were made small
   * @param removed rows of deleted entries
   * @param dated rows from before rows had a date: they count from now on
   * @param busy rows that others wrote meanwhile
   */
  public record Cleaned(long read, long stripped, long removed, long dated, long busy) {
    private Cleaned plus(long more, Kind kind) {
      return new Cleaned(
          read + more,
          stripped + (kind == Kind.STRIPPED ? 1 : 0),
          removed + (kind == Kind.REMOVED ? 1 : 0),
          dated + (kind == Kind.DATED ? 1 : 0),
          busy + (kind == Kind.BUSY ? 1 : 0));
    }
  }

  private enum Kind {
    NONE,
    STRIPPED,
    REMOVED,
    DATED,
    BUSY
  }

  /** Follows a run. */
  @FunctionalInterface
  public interface Progress {
    void afterPage(Cleaned soFar) throws StoreTrouble, InterruptedException;
  }

  /** More rows than DynamoDB gives at a time. */
  public static final int NO_LIMIT = 100_000;

  /**
   * Goes through the table once.
   *
   * @param untouchedSince longer ago than a stream or a queue keeps anything
   * @param dryRun only counts
   * @param rowsPerPage rows read between two words to {@code progress}; as many as DynamoDB gives,
   *     at most
   * @param progress told after each page; may wait, or end the run by throwing
   */
  public Cleaned run(Instant untouchedSince, boolean dryRun, int rowsPerPage, Progress progress)
      throws StoreTrouble, InterruptedException {
    Cleaned cleaned = new Cleaned(0, 0, 0, 0, 0);
    Map<String, AttributeValue> from = Map.of();
    do {
      ScanResponse page = page(untouchedSince, rowsPerPage, from);
      cleaned = cleaned.plus(page.scannedCount(), Kind.NONE);
      for (Map<String, AttributeValue> row : page.items()) {
        cleaned = cleaned.plus(0, dryRun ? kind(row) : clean(row));
      }
      progress.afterPage(cleaned);
      from = page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : Map.of();
    } while (!from.isEmpty());
    return cleaned;
  }

  /** Old rows, and such that have no date and are not small yet. */
  private ScanResponse page(
      Instant untouchedSince, int rowsPerPage, Map<String, AttributeValue> from)
      throws StoreTrouble, InterruptedException {
    ScanRequest.Builder scan =
        ScanRequest.builder()
            .tableName(table)
            .limit(rowsPerPage)
            .filterExpression(
                UNDISTURBED
                    + " AND (#at < :since OR (attribute_not_exists(#at) AND attribute_exists(seq)))")
            .expressionAttributeNames(Map.of("#lane", "lane", "#at", AT))
            .expressionAttributeValues(
                Map.of(
                    ":stream",
                    s(EntryRow.Lane.STREAM.name()),
                    ":since",
                    s(untouchedSince.toString())));
    if (!from.isEmpty()) {
      scan.exclusiveStartKey(from);
    }
    return DynamoDbCall.run("a scan of " + table, () -> dynamoDb.scan(scan.build()));
  }

  private static Kind kind(Map<String, AttributeValue> row) {
    if (!row.containsKey(AT)) {
      return Kind.DATED;
    }
    return RowCodec.row(row).state() == EntryRow.State.DELETED ? Kind.REMOVED : Kind.STRIPPED;
  }

  private Kind clean(Map<String, AttributeValue> row) throws StoreTrouble, InterruptedException {
    Kind kind = kind(row);
    Map<String, AttributeValue> key = Map.of(KEY, RowCodec.attribute(row, KEY));
    long rev = RowCodec.row(row).rev();
    Map<String, String> names = Map.of("#lane", "lane");
    Map<String, AttributeValue> values =
        Map.of(":stream", s(EntryRow.Lane.STREAM.name()), ":rev", n(rev));
    String condition = "rev = :rev AND " + UNDISTURBED;
    try {
      DynamoDbCall.run(
          "cleaning up in " + table,
          () ->
              switch (kind) {
                case DATED ->
                    dynamoDb.updateItem(r -> {
                      Map<String, AttributeValue> now = new HashMap<>(values);
                      now.put(":now", s(clock.instant().toString()));
                      r.tableName(table)
                          .key(key)
                          .updateExpression("SET #at = :now")
                          .conditionExpression(condition)
                          .expressionAttributeNames(Map.of("#lane", "lane", "#at", AT))
                          .expressionAttributeValues(now);
                    });
                case REMOVED ->
                    dynamoDb.deleteItem(r ->
                        r.tableName(table)
                            .key(key)
                            .conditionExpression(condition)
                            .expressionAttributeNames(names)
                            .expressionAttributeValues(values));
                case STRIPPED, NONE, BUSY ->
                    dynamoDb.putItem(r ->
                        r.tableName(table)
                            .item(stub(row, rev))
                            .conditionExpression(condition)
                            .expressionAttributeNames(names)
                            .expressionAttributeValues(values));
              });
      return kind;
    } catch (ConditionalCheckFailedException busy) {
      return Kind.BUSY;
    }
  }

  private static Map<String, AttributeValue> stub(Map<String, AttributeValue> row, long rev) {
    Map<String, AttributeValue> stub = new HashMap<>();
    for (String name : STAYS) {
      AttributeValue value = row.get(name);
      if (value != null) {
        stub.put(name, value);
      }
    }
    stub.put("rev", n(rev + 1));
    return stub;
  }
}
