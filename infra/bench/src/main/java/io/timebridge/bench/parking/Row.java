package io.timebridge.bench.parking;

import io.timebridge.local.sim.SimControl;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * The events behind one key: written in batches, since the embedded DynamoDB would take many
 * minutes for as many transactions, then worked off by the worker. Used by one thread.
 */
final class Row {
  private static final int BATCH = 25;
  private static final int DIGITS = 60;

  private final BehindStage stage;
  private final BehindOrder order;
  private final EntryId id;

  Row(BehindStage stage, BehindOrder order, long id) {
    this.stage = stage;
    this.order = order;
    this.id = new EntryId(id);
  }

  /** Events of it that wait, as its row counts them. */
  int waiting() {
    return read().parked();
  }

  private EntryRow read() {
    try {
      return stage.entries().read(id);
    } catch (EntryStore.Unavailable trouble) {
      throw new IllegalStateException(trouble);
    }
  }

  /** Puts them behind what waits already. */
  void fill() {
    EntryRow row = read();
    Events.Whose whose = stage.whose();
    long version = Instant.now().getEpochSecond();
    List<WriteRequest> batch = new ArrayList<>();
    for (int event = 1; event <= order.events(); event++) {
      Envelope envelope =
          order.isDeletion(event)
              ? Events.deleted(whose, id.value(), version + event)
              : Events.saved(whose, id.value(), version + event, 3_600, "e" + event);
      BigInteger sequence = row.seq().add(BigInteger.valueOf(event));
      batch.add(WriteRequest.builder().putRequest(p -> p.item(item(sequence, envelope))).build());
      if (batch.size() == BATCH || event == order.events()) {
        write(batch);
        batch.clear();
      }
    }
    count(row);
  }

  private Map<String, AttributeValue> item(BigInteger sequence, Envelope envelope) {
    return Map.of(
        TableName.PARKED_EVENTS.hashKey(),
        text(id.key()),
        "sequence",
        text(digits(sequence)),
        "envelope",
        AttributeValue.fromB(SdkBytes.fromByteArray(EnvelopeCodec.encode(envelope))),
        "reason",
        text("FOLLOWS"),
        "detail",
        text("an earlier event of the entry waits"),
        "first_failure",
        text(Instant.now().toString()));
  }

  private void write(List<WriteRequest> batch) {
    String table = stage.settings().names().table(TableName.PARKED_EVENTS);
    DynamoDbClient dynamoDb = stage.dynamoDb();
    Map<String, List<WriteRequest>> left = Map.of(table, List.copyOf(batch));
    while (!left.isEmpty()) {
      Map<String, List<WriteRequest>> next = left;
      left = dynamoDb.batchWriteItem(r -> r.requestItems(next)).unprocessedItems();
    }
  }

  /** The row is as their parkings would have left it. */
  private void count(EntryRow row) {
    String seq = digits(row.seq().add(BigInteger.valueOf(order.events())));
    stage
        .dynamoDb()
        .updateItem(r ->
            r.tableName(stage.settings().names().table(TableName.TIMESHEET_ENTRIES))
                .key(Map.of(TableName.TIMESHEET_ENTRIES.hashKey(), text(id.key())))
                .updateExpression("SET seq = :seq ADD #parked :events")
                .expressionAttributeNames(Map.of("#parked", "parked"))
                .expressionAttributeValues(
                    Map.of(
                        ":seq",
                        text(seq),
                        ":events",
                        AttributeValue.fromN(Integer.toString(order.events())))));
  }

  private static String digits(BigInteger sequence) {
    return "0".repeat(Math.max(0, DIGITS - sequence.toString().length())) + sequence;
  }

  private static AttributeValue text(String text) {
    return AttributeValue.fromS(text);
  }

  /** Whether SecondService was told of them in order, the last one last. */
  RowJudge.Verdict judge(List<SimControl.Effect> ledger) {
    RowJudge judge = new RowJudge(id.value(), order.events());
    ledger.forEach(
        effect -> judge.see(effect.op(), effect.content().path("strDescription").asString("")));
    return judge.verdict();
  }
}
