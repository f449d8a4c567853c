package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.aws.LocalAws;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Names;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.EntryStore.Parking;
import io.timebridge.timesheet.EntryStore.Result;
import io.timebridge.timesheet.EntryStore.Written;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import io.timebridge.timesheet.dynamodb.EntryCleanup;
import io.timebridge.timesheet.dynamodb.EntryCleanup.Cleaned;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class EntryCleanupTest {
  private static final Names NAMES = new Names("old-");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Place MONDAY = new Place(17, LocalDate.of(2026, 1, 5));
  private static final EntryId ID = new EntryId(7);

  private LocalAws aws;
  private DynamoDbClient dynamoDb;
  private DynamoDbEntryStore store;
  private final AtomicReference<Instant> now = new AtomicReference<>(START);

  @BeforeEach
  void start() {
    aws = LocalAws.start();
    aws.createResources(NAMES, 1);
    dynamoDb = aws.clients().dynamoDb();
    store = new DynamoDbEntryStore(dynamoDb, NAMES, now::get);
  }

  @AfterEach
  void stop() {
    dynamoDb.close();
    aws.close();
  }

  private static EntryRow row(Written written) {
    if (written instanceof Written.Done(EntryRow row)) {
      return row;
    }
    throw new AssertionError("not written: " + written);
  }

  private static Intent intent(String token, long version) {
    return new Intent(token, Intent.Op.ADD, version, Set.of(MONDAY), Duration.ofSeconds(40));
  }

  private EntryRow booked(EntryId id, long version) throws Exception {
    row(store.begin(id, store.read(id), intent("t-" + version, version)));
    return row(
        store.result(
            id,
            "t-" + version,
            new Result(
                version,
                "hash",
                EntryRow.State.LIVE,
                900 + id.value(),
                Optional.of(MONDAY),
                BigInteger.valueOf(version))));
  }

  private void gone(EntryId id) throws Exception {
    row(
        store.note(
            id,
            store.read(id),
            new Result(
                9, "", EntryRow.State.DELETED, 0, Optional.empty(), BigInteger.valueOf(99))));
  }

  private void park(EntryId id) throws Exception {
    StreamRecord record =
        new StreamRecord(
            "s",
            BigInteger.valueOf(500),
            new Envelope(
                "e",
                Envelope.Source.FIRST_SERVICE,
                Route.TIMESHEET_UPDATE,
                id.key(),
                START,
                Map.of(),
                "{}".getBytes(StandardCharsets.UTF_8),
                null));
    Parking why = Parking.untouched(new Rejection(Rejection.Reason.CLOSED_JOB, "d"));
    row(store.park(id, store.read(id), Optional.empty(), record, why));
  }

  private Cleaned clean(Duration olderThan, boolean dryRun) throws Exception {
    return new EntryCleanup(dynamoDb, NAMES, now::get)
        .run(now.get().minus(olderThan), dryRun, 2, soFar -> {});
  }

  private Map<String, AttributeValue> item(EntryId id) {
    return dynamoDb
        .getItem(r ->
            r.tableName(NAMES.table(TableName.TIMESHEET_ENTRIES))
                .key(Map.of("entry_id", AttributeValue.fromS(id.key()))))
        .item();
  }

  @Test
  void a_live_row_keeps_what_a_later_edit_or_deletion_needs_and_nothing_else() throws Exception {
    EntryRow before = booked(ID, 5);
    now.set(START.plus(Duration.ofDays(46)));
    assertThat(clean(Duration.ofDays(45), true).stripped()).isEqualTo(1);
    assertThat(item(ID)).as("a dry run changes nothing").containsKey("hash");
    assertThat(clean(Duration.ofDays(45), false)).isEqualTo(new Cleaned(1, 1, 0, 0, 0));
    assertThat(item(ID).keySet())
        .containsExactlyInAnyOrder("entry_id", "v", "tried", "tid", "place", "state", "rev");
    EntryRow after = store.read(ID);
    assertThat(after.version()).isEqualTo(before.version());
    assertThat(after.tried()).isEqualTo(before.tried());
    assertThat(after.timesheetId()).isEqualTo(before.timesheetId());
    assertThat(after.place()).isEqualTo(before.place());
    assertThat(after.state()).isEqualTo(EntryRow.State.LIVE);
    assertThat(clean(Duration.ofDays(45), false)).as("again").isEqualTo(new Cleaned(1, 0, 0, 0, 0));
    assertThat(booked(ID, 6).version()).isEqualTo(6);
  }

  @Test
  void only_rows_of_deleted_entries_are_removed() throws Exception {
    booked(ID, 5);
    gone(new EntryId(8));
    now.set(START.plus(Duration.ofDays(46)));
    assertThat(clean(Duration.ofDays(45), false)).isEqualTo(new Cleaned(2, 1, 1, 0, 0));
    assertThat(store.read(new EntryId(8))).isEqualTo(EntryRow.absent());
    assertThat(store.read(ID).exists()).isTrue();
  }

  @Test
  void what_waits_or_is_under_way_is_never_touched() throws Exception {
    booked(ID, 5);
    park(ID);
    booked(new EntryId(8), 5);
    park(new EntryId(8));
    row(store.bury(new EntryId(8), store.read(new EntryId(8))));
    row(store.begin(new EntryId(9), EntryRow.absent(), intent("t-9", 5)));
    now.set(START.plus(Duration.ofDays(400)));
    assertThat(clean(Duration.ofDays(45), false)).isEqualTo(new Cleaned(3, 0, 0, 0, 0));
  }

  @Test
  void every_write_makes_a_row_young_again() throws Exception {
    booked(ID, 5);
    now.set(START.plus(Duration.ofDays(46)));
    booked(ID, 6);
    assertThat(clean(Duration.ofDays(45), false).stripped()).isZero();
    now.set(START.plus(Duration.ofDays(92)));
    park(ID);
    EntryRow parked = store.read(ID);
    now.set(START.plus(Duration.ofDays(138)));
    row(
        store.drained(
            ID, parked, Optional.empty(), Optional.empty(), java.util.List.of(parked.seq())));
    assertThat(clean(Duration.ofDays(45), false).stripped()).isZero();
    now.set(START.plus(Duration.ofDays(184)));
    assertThat(clean(Duration.ofDays(45), false).stripped()).isEqualTo(1);
  }

  @Test
  void a_row_from_before_rows_had_a_date_counts_from_now_on() throws Exception {
    booked(ID, 5);
    dynamoDb.updateItem(r ->
        r.tableName(NAMES.table(TableName.TIMESHEET_ENTRIES))
            .key(Map.of("entry_id", AttributeValue.fromS(ID.key())))
            .updateExpression("REMOVE #at")
            .expressionAttributeNames(Map.of("#at", "at")));
    now.set(START.plus(Duration.ofDays(46)));
    assertThat(clean(Duration.ofDays(45), false)).isEqualTo(new Cleaned(1, 0, 0, 1, 0));
    assertThat(clean(Duration.ofDays(45), false)).isEqualTo(new Cleaned(1, 0, 0, 0, 0));
    now.set(START.plus(Duration.ofDays(92)));
    assertThat(clean(Duration.ofDays(45), false)).isEqualTo(new Cleaned(1, 1, 0, 0, 0));
  }

  @Test
  void a_worker_that_read_the_row_before_it_was_stripped_does_not_write_on_it() throws Exception {
    EntryRow seen = booked(ID, 5);
    now.set(START.plus(Duration.ofDays(46)));
    clean(Duration.ofDays(45), false);
    assertThat(store.begin(ID, seen, intent("late", 6))).isInstanceOf(Written.Lost.class);
  }
}
