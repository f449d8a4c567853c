package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.failure.Drains.Ended;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.failure.WakeUp;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Parking, wake-ups, drains and the way back to the stream, on the rules as they are. */
class EntryDrainTest {
  private static final EntryId ID = new EntryId(77);
  private static final SecondService.Answer.Refused LOCKED =
      new SecondService.Answer.Refused(SecondService.Reason.LOCKED_PERIOD, "June is locked");

  private final FakeServices services = new FakeServices();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final InstantSource clock = now::get;
  private final InMemoryEntryStore store = new InMemoryEntryStore(clock);
  private final HookedEntryStore hooked = new HookedEntryStore(store);
  private final AtomicLong nanos = new AtomicLong(1);
  private final List<WakeUp> sent = new ArrayList<>();
  private final TimesheetApplier applier = applier();
  private final EntryDrain drain =
      new EntryDrain(hooked, applier, (record, problem) -> new Outcome.Parked(problem));
  private boolean queueIsDown;
  private long seq = 100;

  private TimesheetApplier applier() {
    Settings settings =
        new SettingsLoader()
            .values(Map.of("second-service.visible-within", "0ms"), "test")
            .load((aws, path) -> Map.of())
            .settings();
    return new TimesheetApplier(
        new TimesheetApplier.Parts(
            services.first(),
            services.second(),
            hooked,
            label -> label == 11 ? Optional.of(new TaskRef.ByName("DESIGN")) : Optional.empty(),
            (id, places, why) -> {},
            (record, problem) -> new Outcome.Parked(problem),
            wakeUp -> {
              if (queueIsDown) {
                throw new StoreTrouble("SQS is down", null);
              }
              sent.add(wakeUp);
            },
            settings.secondService(),
            settings.timesheet(),
            "a",
            clock,
            nanos::get,
            time -> nanos.addAndGet(time.toNanos()),
            Runnable::run));
  }

  private StreamRecord saved(long version) {
    return record(
        Route.TIMESHEET_UPDATE, services.entry(ID.value(), version, 60 * version).toString());
  }

  private StreamRecord deleted(long version) {
    ObjectNode entry = services.entry(ID.value(), version, 60 * version);
    services.entries.remove(ID.value());
    return record(Route.TIMESHEET_DELETION, entry.toString());
  }

  private StreamRecord record(Route route, String payload) {
    Envelope envelope =
        new Envelope(
            "id-" + seq,
            Envelope.Source.FIRST_SERVICE,
            route,
            ID.key(),
            Instant.EPOCH,
            Map.of(),
            ("{\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8),
            null);
    return new StreamRecord("shard-0", BigInteger.valueOf(seq++), envelope);
  }

  private void park(StreamRecord... records) throws Exception {
    services.refuse = Optional.of(LOCKED);
    for (StreamRecord record : records) {
      assertThat(applier.handle(record)).isInstanceOf(Outcome.Parked.class);
    }
  }

  private Ended drained() throws Exception {
    return drain.drain(new WakeUp(ID.key(), 1, "TEST"), false);
  }

  @Test
  void sends_one_wake_up_for_a_parking_and_none_for_those_that_follow() throws Exception {
    park(saved(3), saved(4), saved(5));
    assertThat(sent).containsExactly(new WakeUp("77", 1, "LOCKED_PERIOD"));
    assertThat(store.row(ID).wake()).isEqualTo(EntryRow.Wake.SENT);
    assertThat(services.timesheets).isEmpty();
  }

  @Test
  void works_off_what_waits_folded_and_gives_the_key_back_to_the_stream() throws Exception {
    park(saved(3), saved(4), saved(5));
    services.refuse = Optional.empty();
    assertThat(drained()).isEqualTo(new Ended.Done(3));
    assertThat(services.timesheets.values())
        .singleElement()
        .satisfies(t -> {
          assertThat(t.description()).contains("v5");
        });
    assertThat(store.row(ID).waits()).isFalse();
    assertThat(store.waiting(ID)).isEmpty();
    assertThat(applier.handle(saved(6))).isInstanceOf(Outcome.Applied.class);
    assertThat(drained()).as("a late wake-up").isEqualTo(new Ended.Nothing());
  }

  @Test
  void keeps_the_order_across_a_deletion() throws Exception {
    assertThat(applier.handle(saved(2))).isInstanceOf(Outcome.Applied.class);
    park(saved(3), deleted(4));
    services.refuse = Optional.empty();
    assertThat(drained()).isEqualTo(new Ended.Done(2));
    assertThat(services.timesheets).isEmpty();
    assertThat(store.row(ID).state()).isEqualTo(EntryRow.State.DELETED);
  }

  @Test
  void leaves_what_cannot_go_on_where_it_is_and_the_intent_closed() throws Exception {
    park(saved(3), saved(4));
    assertThat(drained()).isInstanceOf(Ended.Rejected.class);
    assertThat(store.row(ID).intent()).isEmpty();
    assertThat(store.waiting(ID).orElseThrow().records()).hasSize(2);
    assertThat(applier.handle(saved(5))).isEqualTo(new Outcome.Parked("follows events that wait"));
  }

  @Test
  void is_dead_after_the_last_try_and_works_when_sent_again() throws Exception {
    park(saved(3));
    assertThat(drain.drain(new WakeUp(ID.key(), 1, "TEST"), true)).isInstanceOf(Ended.Dead.class);
    assertThat(store.row(ID).lane()).isEqualTo(EntryRow.Lane.DEAD);
    services.refuse = Optional.empty();
    assertThat(drained()).isEqualTo(new Ended.Done(1));
    assertThat(services.timesheets).hasSize(1);
  }

  @Test
  void is_not_dead_when_an_event_joined_during_the_last_try() throws Exception {
    park(saved(3));
    sent.clear();
    hooked.after =
        step -> {
          if (step.equals("begin")) {
            hooked.after = other -> {};
            store.follow(ID, store.row(ID), saved(4));
          }
        };
    assertThat(drain.drain(new WakeUp(ID.key(), 1, "TEST"), true))
        .isInstanceOf(Ended.Rejected.class);
    assertThat(store.row(ID).lane()).isEqualTo(EntryRow.Lane.PARKED);
    assertThat(sent).as("it has not been tried").hasSize(1);
  }

  @Test
  void an_event_that_follows_into_a_dead_key_wakes_it() throws Exception {
    park(saved(3));
    drain.drain(new WakeUp(ID.key(), 1, "TEST"), true);
    sent.clear();
    assertThat(applier.handle(saved(4))).isInstanceOf(Outcome.Parked.class);
    assertThat(sent).containsExactly(new WakeUp("77", 2, "FOLLOWS"));
  }

  @Test
  void an_event_that_joins_while_the_last_one_is_worked_off_keeps_the_lane() throws Exception {
    park(saved(3));
    services.refuse = Optional.empty();
    hooked.after =
        step -> {
          if (step.equals("begin")) {
            hooked.after = other -> {};
            store.follow(ID, store.row(ID), saved(4));
          }
        };
    assertThat(drained()).as("both, one after the other").isEqualTo(new Ended.Done(2));
    assertThat(services.timesheets.values())
        .singleElement()
        .satisfies(t -> assertThat(t.description()).contains("v4"));
    assertThat(store.row(ID).waits()).isFalse();
  }

  @Test
  void reads_a_few_events_at_a_time_however_many_wait() throws Exception {
    StreamRecord[] many = new StreamRecord[400];
    for (int i = 0; i < many.length; i += 2) {
      many[i] = saved(3 + i);
      many[i + 1] = deleted(4 + i);
    }
    park(many);
    services.refuse = Optional.empty();
    int[] read = new int[1];
    EntryStore counted =
        new EntryStoreView(hooked) {
          @Override
          public List<StreamRecord> waiting(EntryId id, int most) throws Unavailable {
            List<StreamRecord> found = super.waiting(id, most);
            read[0] += found.size();
            return found;
          }
        };
    EntryDrain bounded = new EntryDrain(counted, applier, (record, problem) -> failed(problem));
    assertThat(bounded.drain(new WakeUp(ID.key(), 1, "TEST"), false))
        .isEqualTo(new Ended.Done(many.length));
    assertThat(read[0]).isLessThan(10 * many.length);
    assertThat(store.row(ID).parked()).isZero();
    assertThat(services.timesheets).isEmpty();
  }

  private static Outcome failed(String problem) {
    throw new AssertionError(problem);
  }

  @Test
  void the_last_try_of_a_wake_up_is_none_of_an_event_that_had_no_turn_before() throws Exception {
    park(saved(3), deleted(4), saved(5));
    services.refuse = Optional.empty();
    hooked.after =
        step -> {
          if (step.equals("begin") && store.row(ID).version() == 3) {
            services.refuse = Optional.of(LOCKED);
          }
        };
    assertThat(drain.drain(new WakeUp(ID.key(), 1, "TEST"), true)).isInstanceOf(Ended.Later.class);
    assertThat(store.row(ID).lane()).isEqualTo(EntryRow.Lane.PARKED);
    assertThat(drain.drain(new WakeUp(ID.key(), 1, "TEST"), true)).isInstanceOf(Ended.Dead.class);
  }

  @Test
  void a_drain_that_got_on_comes_back_soon_after_trouble() throws Exception {
    park(saved(3), deleted(4));
    services.refuse = Optional.empty();
    hooked.after =
        step -> {
          if (step.equals("begin") && store.row(ID).version() == 3) {
            services.next = FakeServices.Mishap.NOT_DONE;
          }
        };
    assertThat(drained())
        .isInstanceOfSatisfying(
            Ended.Later.class, later -> assertThat(later.after()).contains(Duration.ofSeconds(1)));
    hooked.after =
        step -> {
          if (step.equals("begin")) {
            services.next = FakeServices.Mishap.NOT_DONE;
          }
        };
    assertThat(drained())
        .as("one that does not get on waits as the queue says")
        .isInstanceOfSatisfying(Ended.Later.class, later -> assertThat(later.after()).isEmpty());
  }

  @Test
  void the_event_is_not_finished_while_its_wake_up_is_owed() throws Exception {
    services.refuse = Optional.of(LOCKED);
    queueIsDown = true;
    StreamRecord first = saved(3);
    assertThat(applier.handle(first)).isInstanceOf(Outcome.Retry.class);
    assertThat(applier.handle(first)).as("still").isInstanceOf(Outcome.Retry.class);
    assertThat(store.row(ID).wake()).isEqualTo(EntryRow.Wake.OWED);
    queueIsDown = false;
    assertThat(applier.handle(first)).isEqualTo(new Outcome.Skipped("handled before"));
    assertThat(sent).hasSize(1);
    assertThat(store.row(ID).wake()).isEqualTo(EntryRow.Wake.SENT);
  }

  @Test
  void trouble_of_the_service_is_not_the_events_fault() throws Exception {
    park(saved(3));
    services.firstFails =
        Optional.of(new ServiceTrouble(ServiceTrouble.Kind.UNKNOWN, "FirstService: 503"));
    services.next = FakeServices.Mishap.LOST_ANSWER;
    services.refuse = Optional.empty();
    assertThat(drain.drain(new WakeUp(ID.key(), 1, "TEST"), true)).isInstanceOf(Ended.Later.class);
    assertThat(store.row(ID).lane()).isEqualTo(EntryRow.Lane.PARKED);
  }

  @Test
  void a_wake_up_is_received_for_each_piece_of_work_that_may_begin_and_no_other() throws Exception {
    park(saved(3));
    services.refuse = Optional.empty();
    services.leaves = 1;
    assertThat(drain.mayBegin()).isTrue();
    assertThat(drain.mayBegin()).isFalse();
    assertThat(drain.drain(new WakeUp(ID.key(), 1, "TEST"), true))
        .as("its leave was taken")
        .isEqualTo(new Ended.Done(1));
  }

  @Test
  void an_outage_of_first_service_spends_nothing_of_what_second_service_allows() throws Exception {
    services.leaves = 1;
    services.firstShut =
        Optional.of(new ServiceTrouble(ServiceTrouble.Kind.CIRCUIT_OPEN, "FirstService is down"));
    assertThat(drain.mayBegin()).isFalse();
    StreamRecord thin = record(Route.TIMESHEET_UPDATE, "{\"entity_id\":77}");
    assertThat(applier.handle(thin)).isInstanceOf(Outcome.Retry.class);
    assertThat(services.leaves).isOne();
  }

  @Test
  void a_call_of_unknown_outcome_is_looked_up_by_the_next_drain() throws Exception {
    park(saved(3));
    services.refuse = Optional.empty();
    services.next = FakeServices.Mishap.LOST_ANSWER;
    assertThat(drained()).isInstanceOf(Ended.Later.class);
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(drained()).isEqualTo(new Ended.Done(1));
    assertThat(services.timesheets).hasSize(1);
  }

  @Test
  void the_sweep_sends_what_a_crash_left_unsent_and_what_got_lost() throws Exception {
    EntrySweep sweep = new EntrySweep(store, applier, Duration.ofHours(1), clock);
    services.refuse = Optional.of(LOCKED);
    queueIsDown = true;
    applier.handle(saved(3));
    queueIsDown = false;
    assertThat(sweep.sweep()).as("its parker may still send it").isZero();
    now.set(now.get().plusSeconds(61));
    assertThat(sweep.sweep()).isOne();
    assertThat(sweep.sweep()).isZero();
    now.set(now.get().plus(Duration.ofMinutes(61)));
    assertThat(sweep.sweep()).isOne();
    assertThat(sent).extracting(WakeUp::episode).containsExactly(1L, 2L);
  }

  @Test
  void a_wake_up_of_nothing_known_does_nothing() throws Exception {
    assertThat(drained()).isEqualTo(new Ended.Nothing());
    assertThat(drain.drain(new WakeUp("job-7", 1, "TEST"), false)).isEqualTo(new Ended.Nothing());
  }
}
