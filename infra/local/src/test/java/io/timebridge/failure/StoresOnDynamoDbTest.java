package io.timebridge.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.backup.Backup;
import io.timebridge.backup.BackupStore.Stored;
import io.timebridge.backup.DynamoDbBackupStore;
import io.timebridge.local.aws.LocalAws;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Names;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import io.timebridge.stream.TableName;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The DynamoDB adapters of backups and parked events against a real table. */
class StoresOnDynamoDbTest {
  private static final Names NAMES = new Names("t-");
  private static final Instant NOW = Instant.parse("2026-06-01T10:00:00.123Z");
  private static final BigInteger SEQUENCE =
      new BigInteger("49590338271490256608559692538361571095921575989136588898");

  private static LocalAws aws;
  private static DynamoDbClient dynamo;

  @BeforeAll
  static void start() {
    aws = LocalAws.start();
    aws.createResources(NAMES, 1);
    dynamo = aws.clients().dynamoDb();
  }

  @AfterAll
  static void stop() {
    dynamo.close();
    aws.close();
  }

  @Test
  void a_backup_comes_back_as_it_was_kept() throws Exception {
    DynamoDbBackupStore store = new DynamoDbBackupStore(dynamo, NAMES);
    EntryId id = new EntryId(Long.MAX_VALUE);
    Backup live = new Backup(1_763_800_000, "{\"note\":\"Größe 🧱\"}", Optional.empty());
    Backup gone = new Backup(0, "", Optional.of(NOW));

    assertThat(store.read(id)).isEmpty();
    assertThat(store.replace(id, Optional.empty(), live)).isTrue();
    Stored first = store.read(id).orElseThrow();
    assertThat(first.backup()).isEqualTo(live);
    assertThat(store.replace(id, Optional.of(first), gone)).isTrue();
    assertThat(store.read(id).orElseThrow().backup()).isEqualTo(gone);
    assertThat(store.replace(id, store.read(id), live)).isTrue();
    assertThat(store.read(id).orElseThrow().backup()).isEqualTo(live);
  }

  @Test
  void a_backup_is_not_replaced_when_another_wrote_since_it_was_read() throws Exception {
    DynamoDbBackupStore store = new DynamoDbBackupStore(dynamo, NAMES);
    EntryId id = new EntryId(2);
    Backup a = new Backup(10, "{}", Optional.empty());
    Backup b = new Backup(11, "{}", Optional.empty());
    assertThat(store.replace(id, Optional.empty(), a)).isTrue();
    Optional<Stored> seen = store.read(id);

    assertThat(store.replace(id, Optional.empty(), b)).isFalse();
    assertThat(store.replace(id, seen, b)).isTrue();
    assertThat(store.replace(id, seen, a)).isFalse();
    assertThat(store.read(id).orElseThrow().backup()).isEqualTo(b);
  }

  @Test
  void a_parked_event_is_kept_whole_and_its_first_failure_stays() throws Exception {
    Envelope envelope =
        new Envelope(
            "id",
            Envelope.Source.FIRST_SERVICE,
            Route.TIMESHEET_BACKUP,
            "5",
            NOW,
            Map.of("x-signature", "abc"),
            "{\"payload\":1}".getBytes(StandardCharsets.UTF_8),
            null);
    StreamRecord record = new StreamRecord("s", SEQUENCE, envelope);
    new DynamoDbParkedEvents(dynamo, NAMES, InstantSource.fixed(NOW)).park(record, "first", "one");
    new DynamoDbParkedEvents(dynamo, NAMES, InstantSource.fixed(NOW.plusSeconds(9)))
        .park(record, "malformed", "x".repeat(5_000));

    Map<String, AttributeValue> item =
        dynamo
            .getItem(r ->
                r.tableName(NAMES.table(TableName.PARKED_EVENTS))
                    .key(
                        Map.of(
                            "key", AttributeValue.fromS("backup-5"),
                            "sequence", AttributeValue.fromS("0000" + SEQUENCE))))
            .item();
    assertThat(item)
        .containsEntry("reason", AttributeValue.fromS("malformed"))
        .containsEntry("first_failure", AttributeValue.fromS(NOW.toString()));
    AttributeValue detail = item.get("detail");
    assertThat(detail).isNotNull();
    assertThat(detail.s()).hasSize(2_000);
    AttributeValue bytes = item.get("envelope");
    assertThat(bytes).isNotNull();
    assertThat(EnvelopeCodec.decode(bytes.b().asByteArray()))
        .isEqualTo(new EnvelopeCodec.Decoded.Read(envelope));
  }

  @Test
  void a_missing_table_is_store_trouble() {
    DynamoDbBackupStore store = new DynamoDbBackupStore(dynamo, new Names("nowhere-"));
    assertThatThrownBy(() -> store.read(new EntryId(1)))
        .isInstanceOf(StoreTrouble.class)
        .hasMessageContaining("nowhere-Timesheet_Backup");
  }
}
