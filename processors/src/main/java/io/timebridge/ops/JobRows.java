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
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** {@link Jobs} of the deployment's tables. */
final class JobRows implements Jobs {
  private static final Duration GOOD_FOR = Duration.ofMinutes(1);

  private final DynamoDbClient dynamoDb;
  private final String jobs;
  private final String coordination;
  private final Remembered<List<Row>> rows;

  JobRows(DynamoDbClient dynamoDb, Names names, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.jobs = names.table(TableName.JOB_DATA);
    this.coordination = names.table(TableName.COORDINATION);
    this.rows = new Remembered<>(this::scan, GOOD_FOR, clock, System::nanoTime);
  }

  @Override
  public Looked<List<Row>> list() throws StoreTrouble, InterruptedException {
    return rows.get();
  }

  private List<Row> scan() throws StoreTrouble, InterruptedException {
    return DynamoDbCall.run(
        "reading " + jobs,
        () ->
            dynamoDb
                .scanPaginator(r ->
                    r.tableName(jobs)
                        .projectionExpression("id, published, project_id, client_id, intent"))
                .items()
                .stream()
                .filter(item -> item.containsKey("published"))
                .map(JobRows::row)
                .sorted(Comparator.comparing(Row::isJob).reversed().thenComparing(Row::code))
                .toList());
  }

  private static Row row(Map<String, AttributeValue> item) {
    Map<String, AttributeValue> published = Attributes.map(item, "published");
    boolean job = Attributes.text(published, "type").equals("job");
    return new Row(
        Attributes.text(item, TableName.JOB_DATA.hashKey()),
        Attributes.text(published, "code"),
        Attributes.text(published, "name"),
        Attributes.text(published, "client_name"),
        job,
        !job || Attributes.flag(published, "open"),
        Attributes.number(item, job ? "project_id" : "client_id"),
        item.containsKey("intent"));
  }

  @Override
  public Optional<Poller> poller() throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> item =
        DynamoDbCall.run(
            "reading the poller's lease in " + coordination,
            () ->
                dynamoDb
                    .getItem(r ->
                        r.tableName(coordination)
                            .key(
                                Map.of(
                                    TableName.COORDINATION.hashKey(),
                                    AttributeValue.fromS("poller"))))
                    .item());
    return item.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Poller(
                Attributes.text(item, "owner"),
                Attributes.number(item, "epoch"),
                Attributes.millis(item, "until"),
                Attributes.text(item, "looked"),
                Attributes.millis(item, "looked_at")));
  }
}
