package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.failure.Drains.Ended;
import io.timebridge.failure.WakeUp;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.second.SecondService;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.FakeServices.Mishap;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is parked for a person stays parked until a person says so, whatever wake-ups come. */
class HeldEntriesTest {
  private static final EntryId ID = new EntryId(77);

  private final FakeServices services = new FakeServices();
  private final InMemoryEntryStore store = new InMemoryEntryStore(() -> Instant.EPOCH);
  private final AtomicLong nanos = new AtomicLong(1);
  private final Deque<WakeUp> sent = new ArrayDeque<>();
  private long seq = 100;

  /** A deployment's worker. */
  private final class Worker {
    final TimesheetApplier applier;
    final EntryDrain drain;

    Worker(Map<String, String> values) {
      Settings settings =
          new SettingsLoader().values(values, "test").load((aws, path) -> Map.of()).settings();
      applier =
          new TimesheetApplier(
              new TimesheetApplier.Parts(
                  services.first(),
                  services.second(),
                  store,
                  label ->
                      label == 11 ? Optional.of(new TaskRef.ByName("DESIGN")) : Optional.empty(),
                  (id, places, why) -> {},
                  (record, problem) -> new Outcome.Parked(problem),
                  sent::add,
                  settings.secondService(),
                  settings.timesheet(),
                  "a",
                  () -> Instant.ofEpochSecond(1_763_800_000L).plusNanos(nanos.get()),
                  nanos::get,
                  time -> nanos.addAndGet(time.toNanos()),
                  Runnable::run));
      drain = new EntryDrain(store, applier, (record, problem) -> new Outcome.Parked(problem));
    }

    Outcome handle(StreamRecord record) throws Exception {
      return applier.handle(record);
    }

    /** With the wake-up that was sent last. */
    Ended woken() throws Exception {
      return drain.drain(sent.removeLast(), false);
    }

    /** As a redrive does. */
    Ended asked() throws Exception {
      return drain.drain(new WakeUp(ID.key(), store.row(ID).episode(), WakeUp.ASKED), false);
    }
  }

  private StreamRecord saved(long version) {
    return new StreamRecord(
        "shard-0",
        BigInteger.valueOf(seq++),
        new Envelope(
            "id-" + seq,
            Envelope.Source.FIRST_SERVICE,
            Route.TIMESHEET_UPDATE,
            ID.key(),
            Instant.EPOCH,
            Map.of(),
            ("{\"payload\":" + services.entry(ID.value(), version, 60 * version) + "}")
                .getBytes(StandardCharsets.UTF_8),
            null));
  }

  private Worker blind() {
    return new Worker(
        Map.of(
            "second-service.timesheet-report", "false",
            "second-service.visible-within", "0ms"));
  }

  /** An add whose answer got lost has landed, and nobody can look. */
  private Worker withALostAnswer() throws Exception {
    Worker worker = blind();
    StreamRecord first = saved(5);
    services.next = Mishap.LOST_ANSWER;
    assertThat(worker.handle(first)).isInstanceOf(Outcome.Retry.class);
    nanos.addAndGet(Duration.ofMinutes(5).toNanos());
    assertThat(worker.handle(first)).isInstanceOf(Outcome.Parked.class);
    return worker;
  }

  @Test
  void an_add_of_unknown_outcome_is_not_done_again_by_its_own_wake_up() throws Exception {
    Worker worker = withALostAnswer();
    assertThat(worker.woken()).isEqualTo(new Ended.Held("UNKNOWN_OUTCOME"));
    assertThat(services.timesheets).hasSize(1);
    assertThat(store.row(ID).lane()).isEqualTo(EntryRow.Lane.DEAD);
  }

  @Test
  void nor_by_that_of_an_event_that_follows() throws Exception {
    Worker worker = withALostAnswer();
    worker.woken();
    assertThat(worker.handle(saved(6))).isInstanceOf(Outcome.Parked.class);
    assertThat(worker.woken()).isEqualTo(new Ended.Held("UNKNOWN_OUTCOME"));
    assertThat(services.timesheets).hasSize(1);
    assertThat(store.row(ID).parked()).isEqualTo(2);
  }

  @Test
  void a_person_who_has_looked_lets_it_go_on_with_what_followed() throws Exception {
    Worker worker = withALostAnswer();
    worker.woken();
    worker.handle(saved(6));
    services.timesheets.clear(); // as the person has seen to it
    assertThat(worker.asked()).isInstanceOf(Ended.Done.class);
    assertThat(services.timesheets).hasSize(1);
    assertThat(store.row(ID).lane()).isEqualTo(EntryRow.Lane.STREAM);
  }

  @Test
  void an_add_asked_for_whose_answer_gets_lost_again_is_held_again() throws Exception {
    Worker worker = withALostAnswer();
    worker.woken();
    services.timesheets.clear();
    services.next = Mishap.LOST_ANSWER;
    assertThat(worker.asked()).isInstanceOf(Ended.Later.class);
    nanos.addAndGet(Duration.ofMinutes(5).toNanos());
    assertThat(worker.asked()).isEqualTo(new Ended.Held("UNKNOWN_OUTCOME"));
    assertThat(services.timesheets).hasSize(1);
  }

  @Test
  void a_timesheet_deleted_by_hand_is_made_anew_only_when_a_person_says_so() throws Exception {
    Worker worker =
        new Worker(
            Map.of(
                "timesheet.deleted-by-hand", "report",
                "second-service.visible-within", "0ms"));
    assertThat(worker.handle(saved(5))).isInstanceOf(Outcome.Applied.class);
    services.timesheets.clear();
    services.addByHand(17, "2026-07-03", "of somebody else");
    Map<Long, SecondService.Timesheet> before = Map.copyOf(services.timesheets);
    assertThat(worker.handle(saved(6))).isInstanceOf(Outcome.Parked.class);
    assertThat(worker.woken()).isEqualTo(new Ended.Held("DELETED_BY_HAND"));
    assertThat(services.timesheets).isEqualTo(before);
    assertThat(worker.asked()).isInstanceOf(Ended.Done.class);
    assertThat(services.timesheets).hasSize(2);
  }
}
