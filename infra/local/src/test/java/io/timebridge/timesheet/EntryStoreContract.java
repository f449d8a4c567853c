package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryStore.Parking;
import io.timebridge.timesheet.EntryStore.Result;
import io.timebridge.timesheet.EntryStore.Written;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every store of entry rows does: the conditional writes of docs/PROTOCOL.md, one by one. */
abstract class EntryStoreContract {
  private static final AtomicLong IDS = new AtomicLong(1000);
  private static final Place MONDAY = new Place(17, LocalDate.of(2026, 7, 6));
  private static final Place TUESDAY = new Place(17, LocalDate.of(2026, 7, 7));
  private static final Rejection CLOSED =
      new Rejection(Rejection.Reason.CLOSED_JOB, "job 41 is closed");

  final EntryId id = new EntryId(IDS.incrementAndGet());

  abstract EntryStore store();

  /** Sequence numbers of what is parked of an entry, in order. */
  abstract List<BigInteger> parked(EntryId id) throws Exception;

  private static Intent intent(String token, long version, Place... places) {
    return new Intent(token, Intent.Op.ADD, version, Set.of(places), Duration.ofSeconds(40));
  }

  private static Result live(long version, long timesheet, long seq) {
    return new Result(
        version,
        "hash-" + version,
        EntryRow.State.LIVE,
        timesheet,
        Optional.of(MONDAY),
        sequence(seq));
  }

  /** As long as Kinesis' own, so that numbers do not fit a DynamoDB number. */
  private static BigInteger sequence(long n) {
    return new BigInteger("49590338271490256608559692538361571095921575989136580000")
        .add(BigInteger.valueOf(n));
  }

  private StreamRecord record(long seq) {
    return record(id, seq);
  }

  private static StreamRecord record(EntryId id, long seq) {
    Envelope envelope =
        new Envelope(
            "e-" + seq,
            Envelope.Source.FIRST_SERVICE,
            Route.TIMESHEET_UPDATE,
            id.key(),
            Instant.EPOCH,
            Map.of(),
            "{}".getBytes(StandardCharsets.UTF_8),
            null);
    return new StreamRecord("shard-0", sequence(seq), envelope);
  }

  private EntryRow row(Written written) {
    assertThat(written).isInstanceOf(Written.Done.class);
    return ((Written.Done) written).row();
  }

  private EntryRow begun(String token, long version) throws Exception {
    return row(store().begin(id, store().read(id), intent(token, version, MONDAY)));
  }

  private EntryRow booked(long version, long timesheet, long seq) throws Exception {
    begun("t-" + version, version);
    return row(store().result(id, "t-" + version, live(version, timesheet, seq)));
  }

  @Test
  void an_announced_call_and_its_result_come_back_as_they_were_written() throws Exception {
    assertThat(store().read(id)).isEqualTo(EntryRow.absent());
    EntryRow open = row(store().begin(id, EntryRow.absent(), intent("a-1", 5, MONDAY, TUESDAY)));
    assertThat(open.intent()).contains(intent("a-1", 5, MONDAY, TUESDAY));
    assertThat(open.tried()).isEqualTo(5);
    assertThat(store().read(id)).isEqualTo(open);
    EntryRow done = row(store().result(id, "a-1", live(5, 900, 1)));
    assertThat(store().read(id)).isEqualTo(done);
    assertThat(done.intent()).isEmpty();
    assertThat(done.version()).isEqualTo(5);
    assertThat(done.hash()).isEqualTo("hash-5");
    assertThat(done.timesheetId()).isEqualTo(900);
    assertThat(done.place()).contains(MONDAY);
    assertThat(done.seq()).isEqualTo(sequence(1));
    assertThat(done.rev()).isEqualTo(2);
  }

  @Test
  void only_one_of_two_announces_on_the_same_row() throws Exception {
    EntryRow seen = store().read(id);
    row(store().begin(id, seen, intent("a-1", 5, MONDAY)));
    assertThat(store().begin(id, seen, intent("b-1", 5, MONDAY))).isInstanceOf(Written.Lost.class);
    assertThat(store().read(id).intent().orElseThrow().token()).isEqualTo("a-1");
  }

  @Test
  void nobody_announces_over_an_open_intent_even_of_the_row_as_it_is() throws Exception {
    EntryRow open = begun("a-1", 5);
    assertThat(store().begin(id, open, intent("b-1", 6, MONDAY))).isInstanceOf(Written.Lost.class);
  }

  @Test
  void an_announcement_repeated_after_its_answer_was_lost_is_recognised() throws Exception {
    EntryRow seen = store().read(id);
    EntryRow first = row(store().begin(id, seen, intent("a-1", 5, MONDAY)));
    assertThat(row(store().begin(id, seen, intent("a-1", 5, MONDAY)))).isEqualTo(first);
  }

  @Test
  void an_intent_is_taken_over_once_and_its_old_holder_writes_nothing_more() throws Exception {
    EntryRow open = begun("a-1", 5);
    EntryRow taken = row(store().takeOver(id, open, intent("b-1", 6, MONDAY, TUESDAY)));
    assertThat(taken.tried()).isEqualTo(6);
    assertThat(store().takeOver(id, open, intent("c-1", 6, MONDAY)))
        .isInstanceOf(Written.Lost.class);
    assertThat(store().result(id, "a-1", live(5, 900, 1))).isInstanceOf(Written.Lost.class);
    assertThat(store().release(id, "a-1")).isInstanceOf(Written.Lost.class);
    assertThat(store().park(id, open, Optional.of("a-1"), record(1), Parking.untouched(CLOSED)))
        .isInstanceOf(Written.Lost.class);
    assertThat(store().read(id)).isEqualTo(taken);
    assertThat(parked(id)).isEmpty();
  }

  @Test
  void tried_is_never_lowered() throws Exception {
    EntryRow open = begun("a-1", 9);
    assertThat(row(store().takeOver(id, open, intent("b-1", 6, MONDAY))).tried()).isEqualTo(9);
    row(store().release(id, "b-1"));
    assertThat(begun("c-1", 7).tried()).isEqualTo(9);
  }

  @Test
  void a_result_is_recognised_by_what_it_wrote_and_by_nothing_less() throws Exception {
    begun("a-1", 5);
    row(store().result(id, "a-1", live(5, 900, 1)));
    assertThat(store().result(id, "a-1", live(5, 900, 1))).isInstanceOf(Written.Done.class);
    assertThat(store().result(id, "b-1", live(5, 901, 1))).isInstanceOf(Written.Lost.class);
    assertThat(store().result(id, "b-1", live(6, 900, 1))).isInstanceOf(Written.Lost.class);
    Result tie = new Result(5, "other", EntryRow.State.LIVE, 900, Optional.of(MONDAY), sequence(1));
    assertThat(store().result(id, "b-1", tie)).isInstanceOf(Written.Lost.class);
  }

  @Test
  void a_released_intent_leaves_no_trace_but_what_was_tried() throws Exception {
    begun("a-1", 5);
    EntryRow free = row(store().release(id, "a-1"));
    assertThat(free.intent()).isEmpty();
    assertThat(free.tried()).isEqualTo(5);
    assertThat(free.version()).isZero();
    row(store().begin(id, free, intent("b-1", 5, MONDAY)));
  }

  @Test
  void a_note_voids_what_others_have_read_before() throws Exception {
    EntryRow seen = store().read(id);
    Result gone = new Result(0, "", EntryRow.State.DELETED, 0, Optional.empty(), sequence(1));
    EntryRow noted = row(store().note(id, seen, gone));
    assertThat(noted.state()).isEqualTo(EntryRow.State.DELETED);
    assertThat(store().begin(id, seen, intent("a-1", 5, MONDAY))).isInstanceOf(Written.Lost.class);
    Result again = new Result(0, "", EntryRow.State.DELETED, 0, Optional.empty(), sequence(2));
    row(store().note(id, noted, again));
    assertThat(store().begin(id, noted, intent("a-1", 5, MONDAY)))
        .as("gone is written down each time it is heard")
        .isInstanceOf(Written.Lost.class);
  }

  @Test
  void nothing_is_noted_over_an_open_intent() throws Exception {
    EntryRow open = begun("a-1", 5);
    assertThat(store().note(id, open, live(5, 0, 1))).isInstanceOf(Written.Lost.class);
  }

  @Test
  void a_parked_key_keeps_its_events_in_order_and_takes_no_calls() throws Exception {
    EntryRow seen = booked(5, 900, 1);
    row(store().park(id, seen, Optional.empty(), record(2), Parking.untouched(CLOSED)));
    EntryRow parked = store().read(id);
    assertThat(parked.lane()).isEqualTo(EntryRow.Lane.PARKED);
    assertThat(parked.parked()).isEqualTo(1);
    assertThat(parked.timesheetId()).as("untouched").isEqualTo(900);
    assertThat(parked.place()).contains(MONDAY);
    row(store().follow(id, parked, record(3)));
    assertThat(store().follow(id, parked, record(3))).as("again").isInstanceOf(Written.Done.class);
    row(store().follow(id, parked, record(4)));
    assertThat(parked(id)).containsExactly(sequence(2), sequence(3), sequence(4));
    assertThat(store().read(id).parked()).isEqualTo(3);
    assertThat(store().park(id, parked, Optional.empty(), record(5), Parking.untouched(CLOSED)))
        .isInstanceOf(Written.Lost.class);
    assertThat(store().follow(id, parked, record(3)))
        .as("an event below the row's sequence number")
        .isInstanceOf(Written.Lost.class);
  }

  @Test
  void parking_by_the_holder_closes_its_intent_and_says_what_is_known() throws Exception {
    EntryRow open = begun("a-1", 5);
    Parking found = new Parking(CLOSED, OptionalLong.of(901), Optional.of(TUESDAY));
    row(store().park(id, open, Optional.of("a-1"), record(1), found));
    EntryRow parked = store().read(id);
    assertThat(parked.intent()).isEmpty();
    assertThat(parked.timesheetId()).isEqualTo(901);
    assertThat(parked.place()).contains(TUESDAY);
    assertThat(parked.state()).isEqualTo(EntryRow.State.LIVE);
  }

  @Test
  void parking_with_no_timesheet_left_forgets_it() throws Exception {
    booked(5, 900, 1);
    EntryRow open = begun("a-1", 6);
    Parking none = new Parking(CLOSED, OptionalLong.of(0), Optional.empty());
    row(store().park(id, open, Optional.of("a-1"), record(2), none));
    EntryRow parked = store().read(id);
    assertThat(parked.timesheetId()).isZero();
    assertThat(parked.place()).isEmpty();
    assertThat(parked.state()).isEqualTo(EntryRow.State.NONE);
  }

  @Test
  void nobody_parks_under_an_intent_that_is_not_his() throws Exception {
    EntryRow open = begun("a-1", 5);
    assertThat(store().park(id, open, Optional.empty(), record(1), Parking.untouched(CLOSED)))
        .isInstanceOf(Written.Lost.class);
    assertThat(parked(id)).isEmpty();
  }

  /** Parked with these events waiting; numbers from 2 on. */
  private EntryRow waiting(int events) throws Exception {
    EntryRow seen = booked(5, 900, 1);
    row(store().park(id, seen, Optional.empty(), record(2), Parking.untouched(CLOSED)));
    for (int i = 1; i < events; i++) {
      row(store().follow(id, store().read(id), record(2 + i)));
    }
    return store().read(id);
  }

  private static List<BigInteger> sequences(long... numbers) {
    return LongStream.of(numbers).mapToObj(EntryStoreContract::sequence).toList();
  }

  @Test
  void a_parking_owes_one_wake_up_until_it_is_sent() throws Exception {
    EntryRow parked = waiting(2);
    assertThat(parked.wake()).isEqualTo(EntryRow.Wake.OWED);
    assertThat(store().woken(id, parked.episode() + 1)).isInstanceOf(Written.Lost.class);
    EntryRow sent = row(store().woken(id, parked.episode()));
    assertThat(sent.wake()).isEqualTo(EntryRow.Wake.SENT);
    assertThat(sent.rev()).as("nobody's reading is void for it").isEqualTo(parked.rev());
    assertThat(store().woken(id, parked.episode())).as("again").isInstanceOf(Written.Done.class);
    row(store().follow(id, sent, record(9)));
    assertThat(store().read(id).wake()).as("followers owe none").isEqualTo(EntryRow.Wake.SENT);
  }

  private static Parking waitsFor(Cause... causes) {
    return Parking.untouched(
        new Rejection(Rejection.Reason.UNMAPPED_LABEL, "no task", Set.of(causes)));
  }

  /** A key of its own that waits, with its wake-up sent. */
  private EntryId parkedFor(Cause... causes) throws Exception {
    EntryId key = new EntryId(IDS.incrementAndGet());
    EntryRow row =
        row(
            store()
                .park(key, EntryRow.absent(), Optional.empty(), record(key, 1), waitsFor(causes)));
    row(store().woken(key, row.episode()));
    return key;
  }

  /** Of these keys, page by page. */
  private List<EntryStore.ParkedKey> listed(int most, EntryId... keys) throws Exception {
    List<EntryStore.ParkedKey> found = new ArrayList<>();
    Optional<String> next = Optional.empty();
    do {
      EntryStore.ParkedKeys page = store().parked(next, most);
      assertThat(page.keys()).hasSizeLessThanOrEqualTo(most);
      page.keys().stream().filter(k -> List.of(keys).contains(k.id())).forEach(found::add);
      next = page.next();
    } while (next.isPresent());
    return found;
  }

  @Test
  void keys_that_wait_are_listed_with_what_they_wait_for_dead_ones_first() throws Exception {
    EntryId one = parkedFor(new Cause.LabelMapped(12), new Cause.LabelMapped(13));
    EntryId two = parkedFor();
    EntryId dead = parkedFor(new Cause.JobOpen(41));
    row(store().bury(dead, store().read(dead)));
    EntryId owed = parkedFor(new Cause.JobOpen(41));
    row(store().wakeAgain(owed, store().read(owed)));
    for (int most : List.of(1, 2, 100)) {
      List<EntryStore.ParkedKey> found = listed(most, one, two, dead, owed);
      assertThat(found).extracting(EntryStore.ParkedKey::id).startsWith(dead);
      assertThat(found)
          .extracting(EntryStore.ParkedKey::id)
          .containsExactlyInAnyOrder(dead, one, two);
      for (EntryStore.ParkedKey key : found) {
        assertThat(key.row()).isEqualTo(store().read(key.id()));
        assertThat(key.touched()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        assertThat(key.waitsFor())
            .isEqualTo(
                key.id().equals(one)
                    ? Set.of(new Cause.LabelMapped(12), new Cause.LabelMapped(13))
                    : key.id().equals(two) ? Set.of() : Set.of(new Cause.JobOpen(41)));
      }
    }
  }

  @Test
  void what_a_key_waits_for_is_that_of_its_latest_rejection_until_it_waits_no_more()
      throws Exception {
    EntryId key = parkedFor(new Cause.LabelMapped(12));
    Cause task = new Cause.TaskThere(41, 12);
    row(store().rejectedAgain(key, store().read(key), Optional.empty(), waitsFor(task)));
    assertThat(listed(100, key).getFirst().waitsFor()).containsExactly(task);
    row(store().wakeAgain(key, store().read(key)));
    row(store().woken(key, store().read(key).episode()));
    assertThat(listed(100, key).getFirst().waitsFor())
        .as("until it is tried")
        .containsExactly(task);
    row(store().rejectedAgain(key, store().read(key), Optional.empty(), waitsFor()));
    assertThat(listed(100, key).getFirst().waitsFor()).isEmpty();
    row(store().rejectedAgain(key, store().read(key), Optional.empty(), waitsFor(task)));
    row(store().drained(key, store().read(key), Optional.empty(), Optional.empty(), sequences(1)));
    assertThat(listed(100, key)).isEmpty();
  }

  @Test
  void why_a_key_waits_is_its_latest_rejection_until_it_waits_no_more() throws Exception {
    assertThat(store().waitsBecause(id)).as("no row").isEmpty();
    EntryId key = parkedFor();
    assertThat(store().waitsBecause(key)).contains(Rejection.Reason.UNMAPPED_LABEL);
    Rejection unknown = new Rejection(Rejection.Reason.UNKNOWN_OUTCOME, "nobody can look");
    row(
        store()
            .rejectedAgain(key, store().read(key), Optional.empty(), Parking.untouched(unknown)));
    row(store().bury(key, store().read(key)));
    assertThat(store().waitsBecause(key)).contains(Rejection.Reason.UNKNOWN_OUTCOME);
    row(store().drained(key, store().read(key), Optional.empty(), Optional.empty(), sequences(1)));
    assertThat(store().waitsBecause(key)).isEmpty();
  }

  @Test
  void what_waits_comes_oldest_first_and_as_many_as_are_wanted() throws Exception {
    waiting(3);
    assertThat(store().waiting(id, 2))
        .extracting(StreamRecord::sequence)
        .containsExactly(sequence(2), sequence(3));
    assertThat(store().waiting(id, 99).getFirst().envelope().id()).isEqualTo("e-2");
  }

  @Test
  void the_last_drained_event_turns_the_lane_back_and_writes_its_result() throws Exception {
    waiting(2);
    EntryRow open = begun("d-1", 6);
    EntryRow done =
        row(
            store()
                .drained(
                    id, open, Optional.of("d-1"), Optional.of(live(6, 900, 3)), sequences(2, 3)));
    assertThat(store().read(id)).isEqualTo(done);
    assertThat(done.lane()).isEqualTo(EntryRow.Lane.STREAM);
    assertThat(done.wake()).isEqualTo(EntryRow.Wake.NONE);
    assertThat(done.parked()).isZero();
    assertThat(done.version()).isEqualTo(6);
    assertThat(done.intent()).isEmpty();
    assertThat(done.seq()).as("what was parked stays handled").isEqualTo(sequence(3));
    assertThat(parked(id)).isEmpty();
  }

  @Test
  void an_event_that_joined_meanwhile_keeps_the_lane() throws Exception {
    EntryRow parked = waiting(2);
    EntryRow open = begun("d-1", 6);
    row(store().follow(id, parked, record(4)));
    EntryRow done =
        row(
            store()
                .drained(
                    id, open, Optional.of("d-1"), Optional.of(live(6, 900, 3)), sequences(2, 3)));
    assertThat(done.waits()).isTrue();
    assertThat(store().read(id).parked()).isEqualTo(1);
    assertThat(store().read(id).version()).isEqualTo(6);
    assertThat(parked(id)).containsExactly(sequence(4));
  }

  @Test
  void events_that_others_took_away_are_not_taken_again_and_the_result_is_written()
      throws Exception {
    EntryRow parked = waiting(3);
    row(store().drained(id, parked, Optional.empty(), Optional.empty(), sequences(2)));
    EntryRow open = begun("d-1", 6);
    row(store().drained(id, open, Optional.of("d-1"), Optional.of(live(6, 900, 3)), sequences(2)));
    assertThat(parked(id)).containsExactly(sequence(3), sequence(4));
    assertThat(store().read(id).version()).isEqualTo(6);
    assertThat(store().read(id).parked()).isEqualTo(2);
  }

  @Test
  void a_drain_without_its_token_or_on_an_old_row_takes_nothing() throws Exception {
    EntryRow parked = waiting(1);
    EntryRow open = begun("d-1", 6);
    assertThat(
            store()
                .drained(id, open, Optional.of("e-1"), Optional.of(live(6, 900, 2)), sequences(2)))
        .isInstanceOf(Written.Lost.class);
    assertThat(store().drained(id, parked, Optional.empty(), Optional.empty(), sequences(2)))
        .isInstanceOf(Written.Lost.class);
    assertThat(parked(id)).containsExactly(sequence(2));
  }

  @Test
  void events_that_need_nothing_leave_the_intent_of_somebody_else() throws Exception {
    waiting(2);
    EntryRow open = begun("d-1", 6);
    row(store().drained(id, open, Optional.empty(), Optional.empty(), sequences(2)));
    assertThat(store().read(id).intent().orElseThrow().token()).isEqualTo("d-1");
    assertThat(parked(id)).containsExactly(sequence(3));
  }

  @Test
  void a_rejection_closes_the_intent_and_leaves_what_waits() throws Exception {
    waiting(2);
    EntryRow open = begun("d-1", 6);
    Parking found = new Parking(CLOSED, OptionalLong.of(901), Optional.of(TUESDAY));
    EntryRow after = row(store().rejectedAgain(id, open, Optional.of("d-1"), found));
    assertThat(store().read(id)).isEqualTo(after);
    assertThat(after.intent()).isEmpty();
    assertThat(after.timesheetId()).isEqualTo(901);
    assertThat(after.parked()).isEqualTo(2);
    assertThat(after.waits()).isTrue();
    assertThat(parked(id)).hasSize(2);
  }

  @Test
  void a_key_is_buried_only_as_it_was_seen_and_wakes_when_an_event_joins_it() throws Exception {
    EntryRow parked = waiting(1);
    row(store().follow(id, parked, record(3)));
    assertThat(store().bury(id, parked)).as("one has joined").isInstanceOf(Written.Lost.class);
    EntryRow dead = row(store().bury(id, store().read(id)));
    assertThat(dead.lane()).isEqualTo(EntryRow.Lane.DEAD);
    assertThat(dead.wake()).isEqualTo(EntryRow.Wake.DEAD);
    row(store().follow(id, dead, record(4)));
    EntryRow woken = store().read(id);
    assertThat(woken.lane()).isEqualTo(EntryRow.Lane.PARKED);
    assertThat(woken.wake()).isEqualTo(EntryRow.Wake.OWED);
    assertThat(woken.episode()).isEqualTo(dead.episode() + 1);
  }

  @Test
  void another_wake_up_is_owed_once_for_an_episode() throws Exception {
    EntryRow parked = waiting(1);
    row(store().woken(id, parked.episode()));
    EntryRow again = row(store().wakeAgain(id, store().read(id)));
    assertThat(again.wake()).isEqualTo(EntryRow.Wake.OWED);
    assertThat(again.episode()).isEqualTo(parked.episode() + 1);
    assertThat(store().wakeAgain(id, parked)).isInstanceOf(Written.Lost.class);
  }

  @Test
  void finds_what_sleeps_and_nothing_else() throws Exception {
    EntryRow parked = waiting(1);
    Instant later = Instant.now().plusSeconds(60);
    assertThat(store().asleep(later, Instant.EPOCH, 1000)).contains(id);
    assertThat(store().asleep(Instant.EPOCH, later, 1000)).doesNotContain(id);
    row(store().woken(id, parked.episode()));
    assertThat(store().asleep(later, Instant.EPOCH, 1000)).doesNotContain(id);
    assertThat(store().asleep(Instant.EPOCH, later, 1000)).contains(id);
    row(store().bury(id, store().read(id)));
    assertThat(store().asleep(later, later, 1000)).doesNotContain(id);
  }

  @Test
  void of_many_that_announce_at_once_one_does() throws Exception {
    EntryRow seen = store().read(id);
    AtomicInteger done = new AtomicInteger();
    CountDownLatch together = new CountDownLatch(1);
    List<Thread> rivals = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      String token = "r-" + i;
      rivals.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  together.await();
                  if (store().begin(id, seen, intent(token, 5, MONDAY)) instanceof Written.Done) {
                    done.incrementAndGet();
                  }
                } catch (InterruptedException | EntryStore.Unavailable e) {
                  throw new AssertionError(e);
                }
              }));
    }
    together.countDown();
    for (Thread rival : rivals) {
      rival.join();
    }
    assertThat(done).hasValue(1);
    assertThat(store().read(id).rev()).isEqualTo(1);
  }

  private static List<HistoryItem.Step> steps(EntryRow row) {
    return row.history().all().stream().map(HistoryItem::step).toList();
  }

  @Test
  void each_write_tells_of_itself() throws Exception {
    Intent first =
        intent("host:1:a-1", 5, MONDAY).of(new Intent.Origin(sequence(1), Route.TIMESHEET_UPDATE));
    EntryRow open = row(store().begin(id, EntryRow.absent(), first));
    assertThat(open.intent()).as("as it is read back").contains(intent("host:1:a-1", 5, MONDAY));
    row(store().takeOver(id, open, intent("host:2:b-1", 5, MONDAY)));
    row(store().result(id, "host:2:b-1", live(5, 900, 1).saying("adopted timesheet 900")));
    List<HistoryItem> told = store().read(id).history().all();
    assertThat(told)
        .extracting(HistoryItem::step)
        .containsExactly(
            HistoryItem.Step.ANNOUNCED, HistoryItem.Step.TAKEN_OVER, HistoryItem.Step.CONCLUDED);
    assertThat(told.getFirst().seq()).isEqualTo(sequence(1));
    assertThat(told.getFirst().route()).isEqualTo("timesheet-update");
    assertThat(told.getFirst().worker()).isEqualTo("host:1:a");
    assertThat(told.get(1).worker()).isEqualTo("host:2:b");
    assertThat(told.get(1).text()).isEqualTo("add, announced before by host:1:a");
    assertThat(told.getLast().timesheetId()).isEqualTo(900);
    assertThat(told.getLast().version()).isEqualTo(5);
    assertThat(told.getLast().text()).isEqualTo("adopted timesheet 900");
    assertThat(told).allMatch(i -> i.at().isAfter(Instant.now().minusSeconds(60)));
  }

  @Test
  void a_write_that_was_lost_or_repeated_tells_nothing_of_itself() throws Exception {
    EntryRow seen = store().read(id);
    row(store().begin(id, seen, intent("a-1", 5, MONDAY)));
    row(store().begin(id, seen, intent("a-1", 5, MONDAY)));
    store().begin(id, seen, intent("b-1", 5, MONDAY));
    row(store().result(id, "a-1", live(5, 900, 1)));
    row(store().result(id, "a-1", live(5, 900, 1)));
    store().skip(id, store().read(id));
    assertThat(steps(store().read(id)))
        .containsExactly(HistoryItem.Step.ANNOUNCED, HistoryItem.Step.CONCLUDED);
  }

  @Test
  void what_waits_is_told_until_it_is_done_with() throws Exception {
    EntryRow parked = waiting(3);
    row(store().woken(id, parked.episode()));
    row(store().rejectedAgain(id, store().read(id), Optional.empty(), Parking.untouched(CLOSED)));
    row(store().bury(id, store().read(id)));
    row(store().wakeAgain(id, store().read(id)));
    assertThat(steps(store().read(id)))
        .containsExactlyInAnyOrder(
            HistoryItem.Step.ANNOUNCED,
            HistoryItem.Step.CONCLUDED,
            HistoryItem.Step.PARKED,
            HistoryItem.Step.FOLLOWED,
            HistoryItem.Step.WOKEN,
            HistoryItem.Step.REJECTED_AGAIN,
            HistoryItem.Step.DEAD,
            HistoryItem.Step.WAKE_OWED);
    EntryRow open = begun("d-1", 6);
    row(
        store()
            .drained(
                id,
                open,
                Optional.of("d-1"),
                Optional.of(live(6, 900, 4).saying("updated timesheet 900")),
                sequences(2, 3, 4)));
    HistoryItem last = store().read(id).history().all().getLast();
    assertThat(last.step()).isEqualTo(HistoryItem.Step.DRAINED);
    assertThat(last.text()).isEqualTo("3 events: updated timesheet 900");
    assertThat(steps(store().read(id)))
        .as("what happened while it waited")
        .contains(HistoryItem.Step.WOKEN, HistoryItem.Step.DEAD, HistoryItem.Step.WAKE_OWED);
  }

  @Test
  void a_history_is_cut_to_its_size() throws Exception {
    for (int version = 1; version <= 25; version++) {
      booked(version, 900, version);
      assertThat(store().read(id).history().items()).hasSizeLessThanOrEqualTo(History.MOST);
    }
    List<HistoryItem> told = store().read(id).history().all();
    assertThat(told).hasSize(History.MOST);
    assertThat(told.getLast().version()).isEqualTo(25);
  }

  @Test
  void events_that_follow_and_wake_ups_make_no_row_grow() throws Exception {
    EntryRow parked = waiting(1);
    for (int i = 3; i < 30; i++) {
      parked = row(store().follow(id, parked, record(i)));
      row(store().woken(id, parked.episode()));
      parked = row(store().wakeAgain(id, store().read(id)));
    }
    assertThat(store().read(id).history().items()).hasSize(3);
    assertThat(steps(store().read(id))).hasSize(6);
    assertThat(store().read(id).history().followed().orElseThrow().seq()).isEqualTo(sequence(29));
  }
}
