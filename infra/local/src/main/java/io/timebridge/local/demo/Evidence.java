package io.timebridge.local.demo;

import io.timebridge.local.system.LocalSystem;
import io.timebridge.local.traffic.Comparison;
import io.timebridge.local.traffic.Comparison.BackupItem;
import io.timebridge.stream.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;

/**
 * What both services and the tables hold; judged by the simulators' state, never by our own rows.
 */
final class Evidence implements AutoCloseable {
  private final LocalSystem system;
  private final DynamoDbClient dynamoDb;

  Evidence(LocalSystem system) {
    this.system = system;
    this.dynamoDb = system.aws().dynamoDb();
  }

  /** Both services and the backups against each other. */
  Comparison.Result compare(Comparison.Rules rules) {
    return Comparison.compare(
        system.simulators().first().state(),
        system.simulators().second().state(),
        backups(),
        rules);
  }

  /**
   * What is still to come: webhooks to be delivered or tried again, calls that take effect late.
   */
  long pendingDeliveries() {
    return system.simulators().first().get("/__sim/delivery").path("pending").longValue()
        + system.simulators().first().state().path("latePending").longValue()
        + system.simulators().second().state().path("latePending").longValue();
  }

  /** Records that a worker holds and has not finished; one that waits for a retry among them. */
  int unfinished() {
    return system.unfinished();
  }

  /** Changes whenever anything anywhere has happened. */
  String fingerprint() {
    JsonNode first = system.simulators().first().get("/__sim/ledger?after=0&limit=1");
    JsonNode second = system.simulators().second().get("/__sim/ledger?after=0&limit=1");
    return first.path("last")
        + "/"
        + second.path("last")
        + "/"
        + system.unfinished()
        + "/"
        + parked();
  }

  /** Keys whose events wait. */
  int parked() {
    String table = system.settings().names().table(TableName.PARKED_EVENTS);
    return (int)
        dynamoDb
            .scanPaginator(r ->
                r.tableName(table)
                    .projectionExpression("#k")
                    .expressionAttributeNames(Map.of("#k", "key")))
            .items()
            .stream()
            .map(item -> text(item, "key"))
            .distinct()
            .count();
  }

  private List<BackupItem> backups() {
    String table = system.settings().names().table(TableName.TIMESHEET_BACKUP);
    List<BackupItem> items = new ArrayList<>();
    for (Map<String, AttributeValue> item :
        dynamoDb.scanPaginator(r -> r.tableName(table).consistentRead(true)).items()) {
      items.add(
          new BackupItem(
              Long.parseLong(text(item, "entry_id")),
              Optional.ofNullable(item.get("version")).map(v -> Long.valueOf(v.n())).orElse(0L),
              text(item, "body"),
              Optional.ofNullable(item.get("deleted_at")).map(v -> Instant.parse(v.s()))));
    }
    return items;
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null ? "" : value.s();
  }

  @Override
  public void close() {
    dynamoDb.close();
  }
}
