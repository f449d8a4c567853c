package io.timebridge.failure;

import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Names;
import io.timebridge.stream.StreamRecord;
import io.timebridge.stream.TableName;
import java.math.BigInteger;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * {@link ParkedEvents} in table {@link TableName#PARKED_EVENTS}: {@code key}, {@code sequence} (see
 * {@link #sequence}), {@code envelope} (its JSON bytes), {@code reason}, {@code detail} (at most
 * {@value #MAX_DETAIL} characters), {@code first_failure} (ISO-8601, UTC). One write per parked
 * record.
 */
public final class DynamoDbParkedEvents implements ParkedEvents {
  private static final int MAX_DETAIL = 2_000;
  private static final int SEQUENCE_DIGITS = 60;

  private final DynamoDbClient dynamo;
  private final String table;
  private final InstantSource clock;

  public DynamoDbParkedEvents(DynamoDbClient dynamo, Names names, InstantSource clock) {
    this.dynamo = dynamo;
    this.table = names.table(TableName.PARKED_EVENTS);
    this.clock = clock;
  }

  /** A stream sequence number as text that sorts as the numbers do: zero-padded to 60 digits. */
  public static String sequence(BigInteger sequence) {
    String digits = sequence.toString();
    if (sequence.signum() < 0 || digits.length() > SEQUENCE_DIGITS) {
      throw new IllegalArgumentException(
          "a sequence number has 1 to " + SEQUENCE_DIGITS + " digits and no sign: " + digits);
    }
    return "0".repeat(SEQUENCE_DIGITS - digits.length()) + digits;
  }

  @Override
  public void park(StreamRecord record, String reason, String detail)
      throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> key =
        Map.of(
            "key", text(ParkedEvents.parkedKey(record)),
            "sequence", text(sequence(record.sequence())));
    Map<String, AttributeValue> values =
        Map.of(
            ":envelope",
            AttributeValue.fromB(SdkBytes.fromByteArray(EnvelopeCodec.encode(record.envelope()))),
            ":reason",
            text(reason),
            ":detail",
            text(detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) : detail),
            ":now",
            text(clock.instant().truncatedTo(ChronoUnit.MILLIS).toString()));
    DynamoDbCall.run(
        "parking in " + table,
        () ->
            dynamo.updateItem(update ->
                update
                    .tableName(table)
                    .key(key)
                    .updateExpression(
                        "SET envelope = :envelope, reason = :reason, detail = :detail,"
                            + " first_failure = if_not_exists(first_failure, :now)")
                    .expressionAttributeValues(values)));
  }

  private static AttributeValue text(String text) {
    return AttributeValue.fromS(text);
  }
}
