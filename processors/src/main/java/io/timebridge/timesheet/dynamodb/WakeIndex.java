package io.timebridge.timesheet.dynamodb;

import static io.timebridge.timesheet.dynamodb.RowCodec.s;

import io.timebridge.aws.RequiredResources;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.Cause;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore.ParkedKey;
import io.timebridge.timesheet.EntryStore.ParkedKeys;
import io.timebridge.timesheet.EntryStore.Unavailable;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/** Finds the rows whose events wait, by the index of their wake-ups. Thread-safe. */
final class WakeIndex {
  private static final String KEY = TableName.TIMESHEET_ENTRIES.hashKey();

  /** What one batch of reads takes. */
  private static final int PAGE = 100;

  /** Those that owe no wake-up, in the order in which they are gone through. */
  private static final List<EntryRow.Wake> UNOWED = List.of(EntryRow.Wake.DEAD, EntryRow.Wake.SENT);

  private final DynamoDbClient dynamoDb;
  private final String entries;

  WakeIndex(DynamoDbClient dynamoDb, String entries) {
    this.dynamoDb = dynamoDb;
    this.entries = entries;
  }

  List<EntryId> asleep(Instant owedSince, Instant sentSince, int most) throws Unavailable {
    List<EntryId> ids = new ArrayList<>(sleeping(EntryRow.Wake.OWED, owedSince, most));
    if (ids.size() < most) {
      ids.addAll(sleeping(EntryRow.Wake.SENT, sentSince, most - ids.size()));
    }
    return ids;
  }

  private List<EntryId> sleeping(EntryRow.Wake wake, Instant since, int most) throws Unavailable {
    try {
      return dynamoDb
          .query(r ->
              r.tableName(entries)
                  .indexName(RequiredResources.WAKE_INDEX.name())
                  .keyConditionExpression("wake = :wake AND wake_since < :since")
                  .expressionAttributeValues(
                      Map.of(":wake", RowCodec.wake(wake), ":since", s(since.toString())))
                  .limit(most))
          .items()
          .stream()
          .flatMap(item -> EntryId.parse(RowCodec.attribute(item, KEY).s()).stream())
          .toList();
    } catch (SdkException trouble) {
      throw new Unavailable("DynamoDB did not list what sleeps: " + trouble.getMessage(), trouble);
    }
  }

  /** Of {@code most} keys, a page at most. */
  ParkedKeys parked(Optional<String> after, int most) throws Unavailable {
    Map<String, AttributeValue> from = after.map(WakeIndex::position).orElse(Map.of());
    EntryRow.Wake wake =
        UNOWED.stream()
            .filter(w -> RowCodec.wake(w).equals(from.get("wake")))
            .findFirst()
            .orElse(UNOWED.getFirst());
    try {
      QueryRequest.Builder query =
          QueryRequest.builder()
              .tableName(entries)
              .indexName(RequiredResources.WAKE_INDEX.name())
              .keyConditionExpression("wake = :wake")
              .expressionAttributeValues(Map.of(":wake", RowCodec.wake(wake)))
              .limit(Math.min(most, PAGE));
      if (from.containsKey(KEY)) {
        query.exclusiveStartKey(from);
      }
      QueryResponse page = dynamoDb.query(query.build());
      Optional<Map<String, AttributeValue>> next =
          page.hasLastEvaluatedKey()
              ? Optional.of(page.lastEvaluatedKey())
              : UNOWED.stream()
                  .skip(UNOWED.indexOf(wake) + 1L)
                  .findFirst()
                  .map(w -> Map.of("wake", RowCodec.wake(w)));
      return new ParkedKeys(rows(page.items()), next.map(WakeIndex::text));
    } catch (SdkException trouble) {
      throw new Unavailable("DynamoDB did not list what waits: " + trouble.getMessage(), trouble);
    }
  }

  /** The rows themselves: the index holds keys only, and is a little behind. */
  private List<ParkedKey> rows(List<Map<String, AttributeValue>> keys) throws Unavailable {
    List<ParkedKey> rows = new ArrayList<>();
    KeysAndAttributes next =
        KeysAndAttributes.builder()
            .keys(keys.stream().map(k -> Map.of(KEY, RowCodec.attribute(k, KEY))).toList())
            .consistentRead(true)
            .build();
    while (next != null && !next.keys().isEmpty()) {
      KeysAndAttributes asked = next;
      BatchGetItemResponse answer =
          dynamoDb.batchGetItem(r -> r.requestItems(Map.of(entries, asked)));
      List<Map<String, AttributeValue>> found = answer.responses().getOrDefault(entries, List.of());
      found.forEach(item -> key(item).ifPresent(rows::add));
      next = answer.unprocessedKeys().get(entries);
      if (found.isEmpty() && next != null && !next.keys().isEmpty()) {
        throw new Unavailable(
            "DynamoDB leaves out rows that wait", new IllegalStateException("throttled"));
      }
    }
    return rows;
  }

  private static Optional<ParkedKey> key(Map<String, AttributeValue> item) {
    EntryRow row = RowCodec.row(item);
    if (!row.waits() || row.wake() == EntryRow.Wake.OWED) {
      return Optional.empty();
    }
    AttributeValue waitsFor = item.get(RowWrites.WAITS_FOR);
    return EntryId.parse(RowCodec.attribute(item, KEY).s())
        .map(id ->
            new ParkedKey(
                id,
                row,
                Cause.read(waitsFor == null ? "" : waitsFor.s()),
                touched(item.get("wake_since"))));
  }

  /** A row that somebody has edited must not hide the others. */
  private static Instant touched(@Nullable AttributeValue since) {
    try {
      return since == null ? Instant.EPOCH : Instant.parse(since.s());
    } catch (DateTimeException notATime) {
      return Instant.EPOCH;
    }
  }

  private static String text(Map<String, AttributeValue> position) {
    return String.join(
        "|",
        List.of("wake", "wake_since", KEY).stream()
            .flatMap(name -> Optional.ofNullable(position.get(name)).stream())
            .map(AttributeValue::s)
            .toList());
  }

  private static Map<String, AttributeValue> position(String text) {
    String[] parts = text.split("\\|", -1);
    Map<String, AttributeValue> position = new HashMap<>();
    position.put("wake", s(parts[0]));
    if (parts.length == 3) {
      position.put("wake_since", s(parts[1]));
      position.put(KEY, s(parts[2]));
    }
    return position;
  }
}
