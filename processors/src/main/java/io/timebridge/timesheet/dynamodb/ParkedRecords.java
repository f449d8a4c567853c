package io.timebridge.timesheet.dynamodb;

import static io.timebridge.timesheet.dynamodb.RowCodec.s;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.EnvelopeCodec.Decoded;
import io.timebridge.stream.StreamRecord;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.EntryStore.Unavailable;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** The events that wait, as items of {@code Parked_Events}. Thread-safe. */
final class ParkedRecords {
  private final DynamoDbClient dynamoDb;
  private final String table;

  ParkedRecords(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /** The oldest ones of an entry. */
  List<StreamRecord> first(EntryId id, int most) throws Unavailable {
    try {
      return dynamoDb
          .query(r ->
              r.tableName(table)
                  .keyConditionExpression("#key = :key")
                  .expressionAttributeNames(Map.of("#key", TableName.PARKED_EVENTS.hashKey()))
                  .expressionAttributeValues(Map.of(":key", s(id.key())))
                  .consistentRead(true)
                  .limit(most))
          .items()
          .stream()
          .map(ParkedRecords::record)
          .toList();
    } catch (SdkException trouble) {
      throw new Unavailable(
          "DynamoDB did not read the parked events of entry " + id + ": " + trouble.getMessage(),
          trouble);
    }
  }

  /** Takes one away; it has to be there. */
  TransactWriteItem delete(EntryId id, BigInteger sequence) {
    return TransactWriteItem.builder()
        .delete(d ->
            d.tableName(table)
                .key(
                    Map.of(
                        TableName.PARKED_EVENTS.hashKey(),
                        s(id.key()),
                        "sequence",
                        s(RowCodec.sequence(sequence))))
                .conditionExpression("attribute_exists(#key)")
                .expressionAttributeNames(Map.of("#key", TableName.PARKED_EVENTS.hashKey())))
        .build();
  }

  private static StreamRecord record(Map<String, AttributeValue> item) {
    byte[] envelope = RowCodec.attribute(item, "envelope").b().asByteArray();
    return switch (EnvelopeCodec.decode(envelope)) {
      case Decoded.Read(var read) ->
          new StreamRecord(
              "parked", new BigInteger(RowCodec.attribute(item, "sequence").s()), read);
      case Decoded.Unreadable unreadable ->
          throw new IllegalStateException(
              "a parked event was readable when it was parked: " + unreadable.detail());
    };
  }
}
