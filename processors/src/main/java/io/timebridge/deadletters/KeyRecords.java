package io.timebridge.deadletters;

import static io.timebridge.deadletters.Items.text;
import static io.timebridge.deadletters.Items.time;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Names;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import io.timebridge.stream.WebhookBody;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import tools.jackson.databind.JsonNode;

/**
 * The records of {@code Parked_Events} under one key, in stream order. One that is given up is kept
 * under {@code discarded-<key>}, with all it had, by whom, when and why. Thread-safe.
 */
final class KeyRecords {
  /** What the keys of records begin with that were given up. */
  static final String DISCARDED = "discarded-";

  private static final String KEY = TableName.PARKED_EVENTS.hashKey();
  private static final String SEQUENCE = "sequence";
  private static final String HELD = "held";
  private static final String AT = "discarded_at";

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final Items items;

  KeyRecords(DynamoDbClient dynamoDb, Names names) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.PARKED_EVENTS);
    this.items = new Items(dynamoDb, table);
  }

  /** Every record of the key, as it is in the table. */
  void each(String key, Visitor<Map<String, AttributeValue>> visitor)
      throws StoreTrouble, InterruptedException {
    each(key, Long.MAX_VALUE, visitor);
  }

  /**
   * The oldest records of the key.
   *
   * @return whether there are more than {@code most}
   */
  boolean each(String key, long most, Visitor<Map<String, AttributeValue>> visitor)
      throws StoreTrouble, InterruptedException {
    long[] seen = new long[1];
    items.pages(
        query ->
            query
                .keyConditionExpression("#key = :key")
                .expressionAttributeNames(Map.of("#key", KEY))
                .expressionAttributeValues(Map.of(":key", text(key)))
                .consistentRead(true),
        page -> {
          for (Map<String, AttributeValue> item : page) {
            if (++seen[0] > most) {
              return false;
            }
            visitor.visit(item);
          }
          return true;
        });
    return seen[0] > most;
  }

  /** The oldest records of the key. */
  List<Map<String, AttributeValue>> first(String key, int most)
      throws StoreTrouble, InterruptedException {
    return DynamoDbCall.run(
        "a query of " + table,
        () ->
            dynamoDb
                .query(r ->
                    r.tableName(table)
                        .keyConditionExpression("#key = :key")
                        .expressionAttributeNames(Map.of("#key", KEY))
                        .expressionAttributeValues(Map.of(":key", text(key)))
                        .consistentRead(true)
                        .limit(most))
                .items());
  }

  /** What the record would be once it is given up. */
  Map<String, AttributeValue> discarded(
      Map<String, AttributeValue> item, WaitingEvent.Discarded how) {
    Map<String, AttributeValue> kept = new HashMap<>(item);
    kept.remove(HELD);
    kept.put(KEY, text(DISCARDED + text(item, KEY)));
    kept.put(AT, text(how.at().toString()));
    kept.put("discarded_by", text(how.by()));
    kept.put("discarded_why", text(how.why()));
    return kept;
  }

  void put(Map<String, AttributeValue> item) throws StoreTrouble, InterruptedException {
    DynamoDbCall.run(
        "a write to " + table, () -> dynamoDb.putItem(r -> r.tableName(table).item(item)));
  }

  /** Takes the record away, if it is still there. */
  void remove(Map<String, AttributeValue> item) throws StoreTrouble, InterruptedException {
    DynamoDbCall.run(
        "a delete in " + table,
        () -> dynamoDb.deleteItem(r -> r.tableName(table).key(keyOf(item))));
  }

  /**
   * Gives the record up: it is under its other key, or where it was.
   *
   * @return false when somebody else took it away before
   */
  boolean discard(Map<String, AttributeValue> item, WaitingEvent.Discarded how)
      throws StoreTrouble, InterruptedException {
    put(discarded(item, how));
    try {
      DynamoDbCall.run(
          "a delete in " + table,
          () ->
              dynamoDb.deleteItem(r ->
                  r.tableName(table)
                      .key(keyOf(item))
                      .conditionExpression("attribute_exists(#key)")
                      .expressionAttributeNames(Map.of("#key", KEY))));
      return true;
    } catch (ConditionalCheckFailedException gone) {
      remove(discarded(item, how));
      return false;
    }
  }

  private static Map<String, AttributeValue> keyOf(Map<String, AttributeValue> item) {
    return Map.of(KEY, text(text(item, KEY)), SEQUENCE, text(text(item, SEQUENCE)));
  }

  static BigInteger sequence(Map<String, AttributeValue> item) {
    String digits = text(item, SEQUENCE);
    return digits.matches("[0-9]{1,60}") ? new BigInteger(digits) : BigInteger.ZERO;
  }

  static byte[] envelopeBytes(Map<String, AttributeValue> item) {
    AttributeValue bytes = item.get("envelope");
    return bytes == null || bytes.b() == null ? new byte[0] : bytes.b().asByteArray();
  }

  static Optional<Envelope> envelope(Map<String, AttributeValue> item) {
    AttributeValue data = item.get("data"); // of a quarantined record
    byte[] bytes = data == null || data.b() == null ? envelopeBytes(item) : data.b().asByteArray();
    return EnvelopeCodec.decode(bytes) instanceof EnvelopeCodec.Decoded.Read(Envelope read)
        ? Optional.of(read)
        : Optional.empty();
  }

  static WaitingEvent event(Map<String, AttributeValue> item) {
    Optional<Envelope> envelope = envelope(item);
    BigInteger sequence = sequence(item);
    return new WaitingEvent(
        sequence,
        text(item, "reason"),
        text(item, "detail"),
        time(item, "first_failure"),
        envelope,
        envelope.map(KeyRecords::version).orElse(OptionalLong.empty()),
        item.containsKey(AT)
            ? Optional.of(
                new WaitingEvent.Discarded(
                    time(item, AT), text(item, "discarded_by"), text(item, "discarded_why")))
            : Optional.empty());
  }

  /** As the event itself says, whatever else it lacks. */
  private static OptionalLong version(Envelope envelope) {
    if (envelope.route().stream() != StreamName.JOB_EVENTS
        && WebhookBody.parse(envelope.body()) instanceof WebhookBody.Full full) {
      JsonNode at = full.event().path("updated_at");
      if (at.isIntegralNumber() && at.canConvertToLong()) {
        return OptionalLong.of(at.longValue());
      }
    }
    return OptionalLong.empty();
  }
}
