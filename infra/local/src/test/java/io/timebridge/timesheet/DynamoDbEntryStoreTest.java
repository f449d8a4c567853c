package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.aws.LocalAws;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Names;
import io.timebridge.stream.Route;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class DynamoDbEntryStoreTest extends EntryStoreContract {
  private static final Names NAMES = new Names("rows-");

  private static LocalAws aws;
  private static DynamoDbClient dynamoDb;
  private static DynamoDbEntryStore store;

  @BeforeAll
  static void start() {
    aws = LocalAws.start();
    aws.createResources(NAMES, 1);
    dynamoDb = aws.clients().dynamoDb();
    store = new DynamoDbEntryStore(dynamoDb, NAMES, InstantSource.system());
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
    aws.close();
  }

  @Override
  EntryStore store() {
    return store;
  }

  @Override
  List<BigInteger> parked(EntryId id) {
    return dynamoDb
        .query(r ->
            r.tableName(NAMES.table(TableName.PARKED_EVENTS))
                .consistentRead(true)
                .keyConditionExpression("#key = :key")
                .expressionAttributeNames(Map.of("#key", "key"))
                .expressionAttributeValues(Map.of(":key", AttributeValue.fromS(id.key()))))
        .items()
        .stream()
        .map(item -> new BigInteger(item.get("sequence").s()))
        .toList();
  }

  private Map<String, AttributeValue> key() {
    return Map.of("entry_id", AttributeValue.fromS(id.key()));
  }

  @Test
  void a_row_from_before_there_were_histories_or_with_a_spoilt_one_is_read_and_written_on()
      throws Exception {
    String table = NAMES.table(TableName.TIMESHEET_ENTRIES);
    for (AttributeValue spoilt :
        List.of(
            AttributeValue.fromS("what"),
            AttributeValue.fromL(List.of(AttributeValue.fromN("1"))),
            AttributeValue.fromL(
                List.of(AttributeValue.fromM(Map.of("t", AttributeValue.fromS("yesterday"))))))) {
      dynamoDb.putItem(r ->
          r.tableName(table)
              .item(
                  Map.of(
                      "entry_id", AttributeValue.fromS(id.key()),
                      "rev", AttributeValue.fromN("7"),
                      "v", AttributeValue.fromN("3"),
                      "history", spoilt)));
      assertThat(store.read(id).version()).isEqualTo(3);
      store.begin(
          id, store.read(id), new Intent("a-1", Intent.Op.ADD, 5, Set.of(), Duration.ofSeconds(1)));
      assertThat(store.read(id).history().all().getLast().step())
          .isEqualTo(HistoryItem.Step.ANNOUNCED);
    }
    dynamoDb.putItem(r ->
        r.tableName(table)
            .item(
                Map.of(
                    "entry_id", AttributeValue.fromS(id.key()),
                    "rev", AttributeValue.fromN("7"))));
    assertThat(store.read(id).history()).isEqualTo(History.none());
  }

  @Test
  void a_history_takes_less_than_four_kilobytes() throws Exception {
    for (int version = 1; version <= 30; version++) {
      String token = "ip-10-0-123-234:123456:abcdef01-" + version;
      Intent intent =
          new Intent(token, Intent.Op.UPDATE, 1_763_800_000, Set.of(), Duration.ofSeconds(40))
              .of(
                  new Intent.Origin(
                      new BigInteger("49590338271490256608559692538361571095921575989136580000"),
                      Route.TIMESHEET_UPDATE));
      store.begin(id, store.read(id), intent);
      store.release(id, token);
    }
    int bytes =
        size(
            dynamoDb
                .getItem(r -> r.tableName(NAMES.table(TableName.TIMESHEET_ENTRIES)).key(key()))
                .item()
                .get("history"));
    assertThat(bytes).isBetween(1_000, 4_096);
  }

  /** As DynamoDB counts (Developer Guide, item sizes): text in UTF-8, numbers about half. */
  private static int size(AttributeValue value) {
    if (value.hasL()) {
      return 3 + value.l().stream().mapToInt(v -> 1 + size(v)).sum();
    }
    if (value.hasM()) {
      return 3
          + value.m().entrySet().stream()
              .mapToInt(e -> 1 + e.getKey().length() + size(e.getValue()))
              .sum();
    }
    return value.n() == null
        ? value.s().getBytes(StandardCharsets.UTF_8).length
        : (value.n().length() + 1) / 2 + 1;
  }
}
