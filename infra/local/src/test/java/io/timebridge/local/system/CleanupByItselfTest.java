package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.processors.WorkerMain;
import io.timebridge.settings.Settings;
import io.timebridge.stream.TableName;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A running system cleans up without being told; one of its workers is due every second. */
class CleanupByItselfTest {
  @Test
  void an_old_row_is_made_small_and_its_entry_still_changes() throws Exception {
    try (WakingRig rig = new WakingRig(Map.of());
        WorkerMain.Running _ = WorkerMain.start(impatient(rig.system.settings()));
        DynamoDbClient dynamoDb = rig.system.aws().dynamoDb()) {
      String table = rig.system.settings().names().table(TableName.TIMESHEET_ENTRIES);
      long entry = rig.entry(rig.company.userId(), rig.company.labelId());
      rig.awaitBooked(entry, "1");
      await().atMost(WakingRig.PATIENCE).until(() -> rig.system.unfinished() == 0);
      Map<String, AttributeValue> key =
          Map.of("entry_id", AttributeValue.fromS(Long.toString(entry)));
      dynamoDb.updateItem(r ->
          r.tableName(table)
              .key(key)
              .updateExpression("SET #at = :at")
              .expressionAttributeNames(Map.of("#at", "at"))
              .expressionAttributeValues(
                  Map.of(":at", AttributeValue.fromS("2020-01-01T00:00:00Z"))));
      await()
          .atMost(WakingRig.PATIENCE)
          .until(
              () -> !dynamoDb.getItem(r -> r.tableName(table).key(key)).item().containsKey("seq"));
      rig.edit(entry, 7200);
      rig.awaitBooked(entry, "2");
      assertThat(rig.effects(entry)).containsExactly("timesheet.add 1", "timesheet.update 2");
    }
  }

  /** As no deployment may set it. */
  private static Settings impatient(Settings settings) {
    return new Settings(
        settings.names(),
        settings.aws(),
        settings.firstService(),
        settings.secondService(),
        settings.gateway(),
        settings.poller(),
        settings.worker(),
        settings.retry(),
        new Settings.Cleanup(Duration.ofSeconds(1), settings.cleanup().olderThan()),
        settings.reconcile(),
        settings.alarms(),
        settings.timesheet(),
        settings.ops(),
        settings.health(),
        settings.metrics(),
        settings.log(),
        settings.tracing());
  }
}
