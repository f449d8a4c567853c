package io.timebridge.timesheet;

import io.timebridge.local.containers.Emulator;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import java.math.BigInteger;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The rows of entries on a DynamoDB that we did not choose: see {@link Emulator}. */
class EmulatorEntryStoreIT extends EntryStoreContract {
  private static final Names NAMES = new Names("rows-");

  private static Emulator emulator;
  private static DynamoDbClient dynamoDb;
  private static DynamoDbEntryStore store;

  @BeforeAll
  static void start() {
    emulator = Emulator.start(NAMES);
    dynamoDb = emulator.clients().dynamoDb();
    store = new DynamoDbEntryStore(dynamoDb, NAMES, InstantSource.system());
  }

  @AfterAll
  static void stop() {
    if (emulator != null) {
      dynamoDb.close();
      emulator.close();
    }
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
}
