package io.timebridge.deadletters;

import static io.timebridge.deadletters.DeadLetterRig.full;
import static io.timebridge.deadletters.DeadLetterRig.jobRecord;
import static io.timebridge.deadletters.DeadLetterRig.record;
import static io.timebridge.deadletters.DeadLetterRig.sequence;
import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.admission.Quarantine;
import io.timebridge.deadletters.DeadLetters.Listing;
import io.timebridge.deadletters.WaitingKey.Kind;
import io.timebridge.deadletters.WaitingKey.State;
import io.timebridge.jobs.DynamoDbJobStates;
import io.timebridge.jobs.JobRow;
import io.timebridge.jobs.JobStates;
import io.timebridge.jobs.Position;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.EntryStoreView;
import io.timebridge.timesheet.Intent;
import io.timebridge.timesheet.Rejection.Reason;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits, found, tried again and given up, on a real DynamoDB engine, SQS and Kinesis. */
class DeadLettersTest {
  private DeadLetterRig rig;

  @BeforeEach
  void start() {
    rig = new DeadLetterRig("dl-");
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private List<WaitingKey> list(String reason) throws Exception {
    return rig.deadLetters.list(ReasonFilter.of(reason), 100).oldest();
  }

  private Redrive redrive() {
    return new Redrive(rig.dynamoDb, rig.sqs, rig.kinesis, rig.names, rig.clock);
  }

  private Discard discard() {
    return new Discard(rig.dynamoDb, rig.sqs, rig.names, rig.clock);
  }

  private WaitingKey find(String key) throws Exception {
    return rig.deadLetters.find(key).orElseThrow();
  }

  private List<WaitingEvent> events(String key) throws Exception {
    List<WaitingEvent> events = new ArrayList<>();
    rig.deadLetters.events(key, Long.MAX_VALUE, events::add);
    return events;
  }

  private List<WaitingEvent> discarded(String key) throws Exception {
    List<WaitingEvent> events = new ArrayList<>();
    rig.deadLetters.discarded(key, Long.MAX_VALUE, events::add);
    return events;
  }

  @Test
  void everything_that_waits_is_listed_oldest_first_and_nothing_else() throws Exception {
    rig.park(31, Reason.UNMAPPED_LABEL, "no task is mapped for label Design", 3);
    rig.pass(Duration.ofMinutes(1));
    rig.parked.park(
        record(Route.TIMESHEET_BACKUP, "5", 1, "{}"), "malformed", "payload is missing");
    rig.parked.park(
        record(Route.TIMESHEET_BACKUP, "5", 2, "{}"), "malformed", "payload is missing");
    rig.pass(Duration.ofMinutes(1));
    rig.quarantine(3, Quarantine.Reason.REFUSED);
    rig.pass(Duration.ofMinutes(1));
    rig.parked.park(jobRecord(9, 1, 4, "n"), "refused", "the name is in use");
    rig.pass(Duration.ofMinutes(1));
    rig.park(32, Reason.LOCKED_PERIOD, "2026-06 is locked", 1);
    rig.bury(32);
    rig.park(33, Reason.CLOSED_JOB, "job 1 is closed", 1);
    discard().discard(find("33"), "me", "because");
    rig.pass(Duration.ofMinutes(1));
    rig.entries.rejectedAgain(
        new EntryId(31),
        rig.entries.read(new EntryId(31)),
        Optional.empty(),
        new EntryStore.Parking(
            new io.timebridge.timesheet.Rejection(Reason.UNKNOWN_TASK, "job 4 has no task"),
            java.util.OptionalLong.empty(),
            Optional.empty()));

    Listing all = rig.deadLetters.list(ReasonFilter.everything(), 100);
    assertThat(all.others()).isZero();
    assertThat(all.oldest())
        .extracting(
            WaitingKey::key,
            WaitingKey::kind,
            WaitingKey::waiting,
            WaitingKey::state,
            WaitingKey::reason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "31", Kind.ENTRY, 3L, State.WAITING, "UNKNOWN_TASK"),
            org.assertj.core.groups.Tuple.tuple(
                "backup-5", Kind.BACKUP, 2L, State.DEAD, "malformed"),
            org.assertj.core.groups.Tuple.tuple(
                "quarantine-timesheet-events-shard-0",
                Kind.QUARANTINE,
                1L,
                State.DEAD,
                "quarantine-refused"),
            org.assertj.core.groups.Tuple.tuple("client-9", Kind.JOB, 1L, State.DEAD, "refused"),
            org.assertj.core.groups.Tuple.tuple("32", Kind.ENTRY, 1L, State.DEAD, "LOCKED_PERIOD"));
    assertThat(all.oldest().getFirst().since()).isEqualTo(DeadLetterRig.START);
    assertThat(all.oldest().getFirst().attempts()).isEqualTo(1);
    assertThat(all.oldest().toString()).doesNotContain("secret");
    assertThat(list("quarantine")).extracting(WaitingKey::kind).containsExactly(Kind.QUARANTINE);
    assertThat(list("locked-period")).extracting(WaitingKey::key).containsExactly("32");
    assertThat(list("UNMAPPED_LABEL")).as("its reason is another now").isEmpty();
  }

  @Test
  void a_long_list_keeps_the_oldest_and_counts_the_others() throws Exception {
    for (int i = 0; i < 120; i++) {
      rig.park(1000 + i, Reason.CLOSED_JOB, "job 1 is closed", 1);
      rig.pass(Duration.ofSeconds(1));
    }
    rig.pass(Duration.ofHours(1));
    for (int i = 0; i < 60; i++) {
      rig.bury(1000 + i); // touched last, and yet parked first
    }
    Listing listing = rig.deadLetters.list(ReasonFilter.everything(), 50);
    assertThat(listing.others()).isEqualTo(70);
    assertThat(listing.oldest()).hasSize(50);
    assertThat(listing.oldest().getFirst().key()).isEqualTo("1000");
    assertThat(listing.oldest().getLast().key()).isEqualTo("1049");
  }

  @Test
  void a_key_whose_wake_up_is_sent_while_it_is_looked_at_comes_once() throws Exception {
    rig.park(31, Reason.UNMAPPED_LABEL, "d", 1);
    EntryId id = new EntryId(31);
    rig.entries.wakeAgain(id, rig.entries.read(id)); // owed again
    List<String> visited = new ArrayList<>();
    rig.deadLetters.each(
        ReasonFilter.everything(),
        DeadLetters.EVER,
        key -> {
          visited.add(key.key() + " " + key.state());
          try {
            rig.entries.woken(id, rig.entries.read(id).episode());
          } catch (EntryStore.Unavailable e) {
            throw new AssertionError(e);
          }
        });
    assertThat(visited).containsExactly("31 OWED");
    assertThat(find("31").state()).isEqualTo(WaitingKey.State.WAITING);
  }

  @Test
  void an_entry_is_woken_whether_dead_or_not_and_its_events_stay_where_they_are() throws Exception {
    rig.park(31, Reason.UNMAPPED_LABEL, "d", 2);
    rig.park(32, Reason.UNMAPPED_LABEL, "d", 1);
    rig.bury(32);
    assertThat(rig.wakeUps()).isEmpty();
    assertThat(redrive().redrive(find("31"))).isEqualTo(new Redrive.Ended.Woken());
    assertThat(redrive().redrive(find("32"))).isEqualTo(new Redrive.Ended.Woken());
    assertThat(redrive().redrive(find("32"))).as("a nonce").isEqualTo(new Redrive.Ended.Woken());
    assertThat(rig.wakeUps())
        .hasSize(3)
        .filteredOn(body -> body.contains("\"key\":\"32\""))
        .hasSize(2);
    assertThat(events("31")).extracting(WaitingEvent::sequence).isSorted().hasSize(2);
  }

  @Test
  void what_was_tried_after_a_redrive_began_is_not_tried_by_it_again() throws Exception {
    for (int i = 0; i < 250; i++) {
      rig.park(2000 + i, Reason.UNMAPPED_LABEL, "d", 1);
    }
    rig.park(3000, Reason.CLOSED_JOB, "d", 1);
    rig.pass(Duration.ofSeconds(1));
    List<String> visited = new ArrayList<>();
    redrive()
        .each(
            ReasonFilter.of("UNMAPPED_LABEL"),
            key -> {
              visited.add(key.key());
              EntryId id = new EntryId(Long.parseLong(key.key()));
              try {
                rig.pass(Duration.ofMillis(1));
                rig.entries.bury(id, rig.entries.read(id));
              } catch (EntryStore.Unavailable e) {
                throw new AssertionError(e);
              }
            });
    assertThat(visited).hasSize(250).doesNotHaveDuplicates().doesNotContain("3000");
  }

  @Test
  void a_backup_event_is_published_again_as_it_was_and_waits_no_more() throws Exception {
    rig.parked.park(record(Route.TIMESHEET_BACKUP, "5", 1, full(5, 8)), "no-version", "d");
    assertThat(redrive().redrive(find("backup-5"))).isEqualTo(new Redrive.Ended.Published(1, 0));
    assertThat(rig.published(StreamName.TIMESHEET_BACKUP)).hasSize(1);
    assertThat(rig.published(StreamName.TIMESHEET_BACKUP).getFirst())
        .startsWith("5 {")
        .contains("\"id\":\"e-1\"");
    assertThat(rig.deadLetters.find("backup-5")).isEmpty();
  }

  @Test
  void of_a_job_only_the_newest_event_is_published_again() throws Exception {
    rig.parked.park(jobRecord(9, 1, 4, "older"), "refused", "d");
    rig.parked.park(jobRecord(9, 1, 6, "newer"), "refused", "d");
    assertThat(redrive().redrive(find("client-9"))).isEqualTo(new Redrive.Ended.Published(1, 1));
    assertThat(rig.published(StreamName.JOB_EVENTS)).hasSize(1);
    assertThat(discarded("client-9"))
        .extracting(WaitingEvent::sequence)
        .containsExactly(sequence(4));
    assertThat(rig.deadLetters.find("client-9")).isEmpty();
  }

  @Test
  void an_event_of_a_job_that_a_newer_one_has_overtaken_is_not_published() throws Exception {
    rig.parked.park(jobRecord(9, 1, 4, "older"), "refused", "d");
    JobStates states = new DynamoDbJobStates(rig.dynamoDb, rig.names);
    states.note(
        "client-9",
        JobRow.absent(),
        new JobStates.Result(new Position(1, sequence(5)), Optional.empty(), 0));
    assertThat(redrive().redrive(find("client-9"))).isEqualTo(new Redrive.Ended.Published(0, 1));
    assertThat(rig.published(StreamName.JOB_EVENTS)).isEmpty();
    assertThat(discarded("client-9").getFirst().discarded().orElseThrow().why())
        .contains("overtaken");
  }

  @Test
  void a_quarantined_record_is_never_applied() throws Exception {
    rig.quarantine(3, Quarantine.Reason.REFUSED);
    WaitingKey key = find("quarantine-timesheet-events-shard-0");
    assertThat(redrive().redrive(key)).isInstanceOf(Redrive.Ended.Refused.class);
    List<String> visited = new ArrayList<>();
    rig.pass(Duration.ofSeconds(1));
    redrive().each(ReasonFilter.everything(), k -> visited.add(k.key()));
    assertThat(visited).isEmpty();
    assertThat(discard().discard(key, "me", "looked at")).isEqualTo(new Discard.Ended.Done(1, 0));
    assertThat(list("quarantine")).isEmpty();
    assertThat(discarded(key.key())).hasSize(1);
  }

  @Test
  void what_is_given_up_is_kept_and_the_entry_goes_back_to_the_stream() throws Exception {
    rig.park(31, Reason.CLOSED_JOB, "job 1 is closed", 250);
    assertThat(discard().discard(find("31"), "ada", "job is gone"))
        .isEqualTo(new Discard.Ended.Done(250, 0));
    EntryRow row = rig.entries.read(new EntryId(31));
    assertThat(row.lane()).isEqualTo(EntryRow.Lane.STREAM);
    assertThat(row.parked()).isZero();
    assertThat(row.wake()).isEqualTo(EntryRow.Wake.NONE);
    assertThat(events("31")).isEmpty();
    assertThat(rig.deadLetters.find("31")).isEmpty();
    List<WaitingEvent> kept = discarded("31");
    assertThat(kept).hasSize(250);
    assertThat(kept).extracting(WaitingEvent::sequence).isSorted();
    assertThat(kept.getFirst().discarded())
        .contains(new WaitingEvent.Discarded(rig.now.get(), "ada", "job is gone"));
    assertThat(kept.getFirst().reason()).isEqualTo("CLOSED_JOB");
    assertThat(kept.getFirst().envelope().orElseThrow().body()).isNotEmpty();
    assertThat(rig.deadLetters.list(ReasonFilter.everything(), 10).oldest()).isEmpty();
    rig.park(31, Reason.LOCKED_PERIOD, "later", 1);
    assertThat(find("31").waiting()).as("later events go the usual way").isEqualTo(1);
  }

  @Test
  void nothing_is_given_up_under_an_announced_call() throws Exception {
    EntryRow row = rig.park(31, Reason.CLOSED_JOB, "d", 2);
    Intent intent = new Intent("t-1", Intent.Op.ADD, 5, Set.of(), Duration.ofSeconds(40));
    DeadLetterRig.row(rig.entries.begin(new EntryId(31), row, intent));
    assertThat(discard().discard(find("31"), "ada", "w"))
        .isInstanceOfSatisfying(
            Discard.Ended.Refused.class,
            refused -> assertThat(refused.why()).contains("entry 31", "is announced"));
    assertThat(events("31")).hasSize(2);
    assertThat(discarded("31")).isEmpty();
  }

  @Test
  void an_event_that_joins_meanwhile_is_not_given_up_with_the_others() throws Exception {
    rig.park(31, Reason.CLOSED_JOB, "d", 2);
    EntryId id = new EntryId(31);
    EntryStore joined =
        new EntryStoreView(rig.entries) {
          private boolean done;

          @Override
          public Written drained(
              EntryId entry,
              EntryRow seen,
              Optional<String> token,
              Optional<Result> result,
              List<BigInteger> sequences)
              throws Unavailable {
            if (!done) {
              done = true;
              EntryRow now = store.read(id);
              store.follow(id, now, DeadLetterRig.entryRecord(31, 90, full(31, 9)));
            }
            return store.drained(entry, seen, token, result, sequences);
          }
        };
    assertThat(discard(joined).discard(find("31"), "ada", "w"))
        .isEqualTo(new Discard.Ended.Done(2, 1));
    assertThat(events("31")).extracting(WaitingEvent::sequence).containsExactly(sequence(90));
    assertThat(rig.entries.read(id).waits()).isTrue();
    assertThat(rig.wakeUps()).as("it is tried").hasSize(1);
  }

  @Test
  void what_somebody_else_applies_meanwhile_does_not_count_as_given_up() throws Exception {
    rig.park(31, Reason.CLOSED_JOB, "d", 2);
    EntryStore drainedByOthers =
        new EntryStoreView(rig.entries) {
          private boolean done;

          @Override
          public Written drained(
              EntryId entry,
              EntryRow seen,
              Optional<String> token,
              Optional<Result> result,
              List<BigInteger> sequences)
              throws Unavailable {
            if (!done) {
              done = true;
              store.drained(entry, store.read(entry), token, result, sequences.subList(0, 1));
            }
            return store.drained(entry, seen, token, result, sequences);
          }
        };
    assertThat(discard(drainedByOthers).discard(find("31"), "ada", "w"))
        .isEqualTo(new Discard.Ended.Done(1, 0));
    assertThat(discarded("31")).extracting(WaitingEvent::sequence).containsExactly(sequence(2));
    assertThat(rig.entries.read(new EntryId(31)).lane()).isEqualTo(EntryRow.Lane.STREAM);
  }

  private Discard discard(EntryStore store) {
    return new Discard(
        store,
        new io.timebridge.failure.SqsRetryQueue(rig.sqs, rig.names),
        new KeyRecords(rig.dynamoDb, rig.names),
        rig.clock);
  }
}
