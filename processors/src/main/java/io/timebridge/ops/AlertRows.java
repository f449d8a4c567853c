package io.timebridge.ops;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** {@link Alerted} of the rows that tell processes what was told; a small table is scanned. */
final class AlertRows implements Alerted {
  private static final String PREFIX = "alert-";
  private static final Comparator<Row> OPEN_FIRST =
      Comparator.comparing(Row::open).thenComparing(Row::toldAt).reversed();

  private static final Duration GOOD_FOR = Duration.ofSeconds(5);

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final Remembered<List<Row>> rows;

  AlertRows(DynamoDbClient dynamoDb, Names names, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.COORDINATION);
    this.rows = new Remembered<>(this::scan, GOOD_FOR, clock, System::nanoTime);
  }

  @Override
  public List<Row> all() throws StoreTrouble, InterruptedException {
    return rows.get().what();
  }

  /** Only what is shown is read: other rows of the table hold secrets. */
  private List<Row> scan() throws StoreTrouble, InterruptedException {
    return DynamoDbCall.run(
        "reading alerts of " + table,
        () ->
            dynamoDb
                .scanPaginator(r ->
                    r.tableName(table)
                        .filterExpression("begins_with(#name, :alert)")
                        .projectionExpression("#name, title, #state, told_at")
                        .expressionAttributeNames(
                            Map.of("#name", TableName.COORDINATION.hashKey(), "#state", "state"))
                        .expressionAttributeValues(Map.of(":alert", AttributeValue.fromS(PREFIX))))
                .items()
                .stream()
                .filter(item -> item.containsKey("told_at"))
                .map(AlertRows::row)
                .sorted(OPEN_FIRST)
                .toList());
  }

  private static Row row(Map<String, AttributeValue> item) {
    return new Row(
        Attributes.text(item, TableName.COORDINATION.hashKey()).substring(PREFIX.length()),
        Attributes.text(item, "title"),
        Attributes.text(item, "state").equals("open"),
        Attributes.millis(item, "told_at"));
  }
}
