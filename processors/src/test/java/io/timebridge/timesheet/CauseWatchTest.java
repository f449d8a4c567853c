package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.failure.Drains.Ended;
import io.timebridge.failure.RetryQueue;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.failure.WakeUp;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.second.SecondService;
import io.timebridge.services.second.SecondService.Answer;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import io.timebridge.turn.Turn;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Which keys wake when something is put right, and which do not. */
class CauseWatchTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final ServiceTrouble DOWN =
      new ServiceTrouble(ServiceTrouble.Kind.UNKNOWN, "no answer");

  private final FakeServices services = new FakeServices();
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-07-03T10:00:00Z"));
  private final InstantSource clock = now::get;
  private final InMemoryEntryStore store = new InMemoryEntryStore(clock);
  private final Map<Long, TaskRef> mapping =
      new HashMap<>(Map.of(11L, new TaskRef.ByName("DESIGN")));

  /** What somebody remembers of the mapping, as long as it does. */
  private Optional<Map<Long, TaskRef>> remembered = Optional.empty();

  private final List<String> woken = new ArrayList<>();
  private boolean othersTurn;
  private boolean queueIsDown;
  private final TimesheetApplier.Parts parts = parts();
  private final TimesheetApplier applier = new TimesheetApplier(parts);
  private final EntryDrain drain =
      new EntryDrain(store, applier, (record, problem) -> new Outcome.Parked(problem));
  private final CauseWatch watch = new CauseWatch(parts, applier, turn(), MINUTE);
  private long seq = 100;

  private TimesheetApplier.Parts parts() {
    Settings settings =
        new SettingsLoader()
            .values(Map.of("second-service.visible-within", "0ms"), "test")
            .load((aws, path) -> Map.of())
            .settings();
    return new TimesheetApplier.Parts(
        services.first(),
        services.second(),
        store,
        new TaskMapping() {
          @Override
          public Optional<TaskRef> task(long label) {
            return Optional.ofNullable(remembered.orElse(mapping).get(label));
          }

          @Override
          public Optional<TaskRef> fresh(long label) {
            return Optional.ofNullable(mapping.get(label));
          }
        },
        (id, places, why) -> {},
        (record, problem) -> new Outcome.Parked(problem),
        new RetryQueue() {
          @Override
          public void send(WakeUp wakeUp) {}

          @Override
          public void sendApart(WakeUp wakeUp) throws StoreTrouble {
            if (queueIsDown) {
              throw new StoreTrouble("SQS is down", null);
            }
            woken.add(wakeUp.key());
          }
        },
        settings.secondService(),
        settings.timesheet(),
        "a",
        clock,
        System::nanoTime,
        time -> now.set(now.get().plus(time)),
        Runnable::run);
  }

  private Turn turn() {
    return new Turn() {
      @Override
      public boolean take(Duration holdFor) {
        return !othersTurn;
      }

      @Override
      public boolean takeAfter(Duration every, Duration holdFor) {
        return !othersTurn;
      }

      @Override
      public void done() {}

      @Override
      public void give() {}
    };
  }

  private StreamRecord saved(long id, Consumer<ObjectNode> change) {
    ObjectNode entry = services.entry(id, seq, 3600);
    change.accept(entry);
    services.entries.put(id, entry);
    Envelope envelope =
        new Envelope(
            "id-" + seq,
            Envelope.Source.FIRST_SERVICE,
            Route.TIMESHEET_UPDATE,
            Long.toString(id),
            Instant.EPOCH,
            Map.of(),
            ("{\"payload\":" + entry + "}").getBytes(StandardCharsets.UTF_8),
            null);
    return new StreamRecord("shard-0", BigInteger.valueOf(seq++), envelope);
  }

  private void parks(long id, Consumer<ObjectNode> change) throws Exception {
    assertThat(applier.handle(saved(id, change))).isInstanceOf(Outcome.Parked.class);
  }

  private void labelled(long id, long... labels) throws Exception {
    parks(
        id,
        entry -> {
          var ids = entry.putArray("label_ids");
          for (long label : labels) {
            ids.add(label);
          }
        });
  }

  private void later(Duration time) {
    now.set(now.get().plus(time));
  }

  private List<String> look() throws Exception {
    woken.clear();
    watch.look();
    return List.copyOf(woken);
  }

  private Set<Cause> waitsFor(long id) {
    return store.waiting(new EntryId(id)).orElseThrow().why().waitsFor();
  }

  private Ended drained(long id) throws Exception {
    return drain.drain(new WakeUp(Long.toString(id), 1, "TEST"), false);
  }

  @Test
  void a_label_mapped_wakes_those_that_wait_for_it_and_no_other() throws Exception {
    labelled(1, 12);
    labelled(2, 13);
    labelled(3, 12, 13);
    labelled(4, 12);
    later(MINUTE);
    assertThat(look()).as("nothing is put right").isEmpty();
    mapping.put(12L, new TaskRef.ByName("Build"));
    later(MINUTE);
    assertThat(look()).containsExactlyInAnyOrder("1", "3", "4");
    for (long id : List.of(1L, 3L, 4L)) {
      assertThat(drained(id)).isEqualTo(new Ended.Done(1));
    }
    assertThat(services.timesheets).hasSize(3);
    assertThat(store.row(new EntryId(2)).parked()).isOne();
    assertThat(look()).isEmpty();
  }

  @Test
  void a_drain_does_not_believe_a_remembered_nothing() throws Exception {
    services.externalIds.put(4L, "");
    parks(1, entry -> entry.putObject("user").put("id", 4));
    services.externalIds.put(4L, "18"); // the applier still remembers that there was none
    assertThat(drained(1)).isEqualTo(new Ended.Done(1));
    remembered = Optional.of(Map.copyOf(mapping));
    labelled(2, 12);
    mapping.put(12L, new TaskRef.ByName("Build"));
    assertThat(drained(2)).isEqualTo(new Ended.Done(1));
  }

  @Test
  void one_that_is_rejected_again_says_what_it_waits_for_now() throws Exception {
    labelled(1, 12);
    assertThat(waitsFor(1)).containsExactly(new Cause.LabelMapped(12));
    mapping.put(12L, new TaskRef.ByName("Paint"));
    later(MINUTE);
    assertThat(look()).containsExactly("1");
    assertThat(drained(1)).isInstanceOf(Ended.Rejected.class);
    assertThat(waitsFor(1)).containsExactly(new Cause.TaskThere(41, 12));
    later(MINUTE);
    assertThat(look()).as("the job has no such task").isEmpty();
    services.tasks.put(41L, List.of(new SecondService.Task(9, "Paint")));
    later(MINUTE);
    assertThat(look()).containsExactly("1");
    assertThat(drained(1)).isEqualTo(new Ended.Done(1));
  }

  @Test
  void a_mapping_that_changes_wakes_what_waits_for_a_task() throws Exception {
    mapping.put(12L, new TaskRef.ByName("Paint"));
    labelled(1, 12);
    later(MINUTE);
    assertThat(look()).isEmpty();
    mapping.put(12L, new TaskRef.ById(5));
    later(MINUTE);
    assertThat(look()).containsExactly("1");
    assertThat(drained(1)).isEqualTo(new Ended.Done(1));
  }

  @Test
  void a_user_given_an_external_id_wakes_theirs() throws Exception {
    services.externalIds.put(4L, "");
    services.externalIds.put(5L, "");
    parks(1, entry -> entry.putObject("user").put("id", 4));
    parks(2, entry -> entry.putObject("user").put("id", 5));
    later(MINUTE);
    services.externalIds.put(5L, "18");
    assertThat(look()).containsExactly("2");
    assertThat(drained(2)).isEqualTo(new Ended.Done(1));
  }

  @Test
  void a_user_whose_external_id_was_refused_waits_for_another_one() throws Exception {
    services.refuse =
        Optional.of(new Answer.Refused(SecondService.Reason.UNKNOWN_PERSON, "no person 17"));
    parks(1, entry -> {});
    assertThat(waitsFor(1)).containsExactly(new Cause.UserKnown(3, 17));
    services.refuse = Optional.empty();
    later(MINUTE);
    assertThat(look()).as("it is the one that was refused").isEmpty();
    services.externalIds.put(3L, "19");
    later(MINUTE);
    assertThat(look()).containsExactly("1");
    assertThat(drained(1)).isEqualTo(new Ended.Done(1));
    assertThat(services.timesheets.values())
        .singleElement()
        .satisfies(t -> assertThat(t.personId()).isEqualTo(19));
  }

  @Test
  void a_project_given_an_external_id_wakes_its_entries_which_are_fetched_anew() throws Exception {
    parks(
        1,
        entry ->
            entry.putObject("project").put("id", 5).putObject("client").put("external_id", "7"));
    assertThat(waitsFor(1)).containsExactly(new Cause.ProjectKnown(5));
    services.projects.add(new FirstService.Project(5, "Site", "", true, 70));
    later(MINUTE);
    assertThat(look()).isEmpty();
    services.projects.set(0, new FirstService.Project(5, "Site", "41", true, 70));
    ObjectNode entry = services.entries.get(1L);
    ((ObjectNode) entry.path("project")).put("external_id", "41");
    later(MINUTE);
    assertThat(look()).containsExactly("1");
    assertThat(drained(1)).isEqualTo(new Ended.Done(1));
    assertThat(services.timesheets).hasSize(1);
  }

  @Test
  void a_job_reopened_wakes_its_entries_dead_ones_too() throws Exception {
    services.refuse =
        Optional.of(new Answer.Refused(SecondService.Reason.CLOSED_JOB, "closed job"));
    services.openJobs.clear();
    parks(1, entry -> {});
    parks(2, entry -> {});
    assertThat(drain.drain(new WakeUp("1", 1, "TEST"), true)).isInstanceOf(Ended.Dead.class);
    later(MINUTE);
    assertThat(look()).isEmpty();
    services.refuse = Optional.empty();
    services.openJobs.add(41L);
    later(MINUTE);
    assertThat(look()).containsExactlyInAnyOrder("1", "2");
    assertThat(drained(1)).isEqualTo(new Ended.Done(1));
    assertThat(drained(2)).isEqualTo(new Ended.Done(1));
  }

  @Test
  void a_dead_key_is_woken_once_also_when_its_row_was_written_by_a_clock_ahead() throws Exception {
    Instant before = now.get();
    later(Duration.ofMinutes(3));
    labelled(1, 12);
    assertThat(drain.drain(new WakeUp("1", 1, "TEST"), true)).isInstanceOf(Ended.Dead.class);
    now.set(before.plusSeconds(1));
    mapping.put(12L, new TaskRef.ByName("Build"));
    assertThat(look()).containsExactly("1");
    assertThat(look()).isEmpty();
  }

  @Test
  void a_service_in_trouble_is_asked_once() throws Exception {
    services.externalIds.put(4L, "");
    parks(1, entry -> entry.putObject("user").put("id", 4));
    parks(
        2,
        entry -> {
          entry.putObject("project").put("id", 5).put("external_id", "").putObject("client");
        });
    assertThat(waitsFor(2)).isNotEmpty();
    services.listings = 0;
    services.listingsFail = Optional.of(DOWN);
    later(MINUTE);
    assertThat(look()).isEmpty();
    assertThat(services.listings).isOne();
  }

  @Test
  void a_deletion_that_a_closed_job_refuses_waits_for_the_job_that_its_event_names()
      throws Exception {
    assertThat(applier.handle(saved(1, entry -> {}))).isInstanceOf(Outcome.Applied.class);
    services.refuse =
        Optional.of(new Answer.Refused(SecondService.Reason.CLOSED_JOB, "closed job"));
    StreamRecord saved = saved(1, entry -> {});
    services.entries.remove(1L);
    Envelope e = saved.envelope();
    Envelope deletion =
        new Envelope(
            e.id(),
            e.source(),
            Route.TIMESHEET_DELETION,
            e.key(),
            e.receivedAt(),
            Map.of(),
            e.body(),
            null);
    applier.handle(new StreamRecord("shard-0", saved.sequence(), deletion));
    assertThat(waitsFor(1)).containsExactly(new Cause.JobOpen(41));
  }

  @Test
  void what_cannot_be_asked_for_is_left_to_its_backoff() throws Exception {
    services.refuse =
        Optional.of(new Answer.Refused(SecondService.Reason.LOCKED_PERIOD, "June is locked"));
    parks(1, entry -> {});
    assertThat(waitsFor(1)).isEmpty();
    services.refuse = Optional.empty();
    later(MINUTE);
    assertThat(look()).isEmpty();
  }

  @Test
  void one_that_is_rejected_though_its_cause_looks_put_right_is_not_woken_for_ever()
      throws Exception {
    services.refuse =
        Optional.of(new Answer.Refused(SecondService.Reason.CLOSED_JOB, "closed job"));
    parks(1, entry -> {}); // and the list of open jobs shows it
    later(MINUTE);
    assertThat(look()).containsExactly("1");
    assertThat(drained(1)).isInstanceOf(Ended.Rejected.class);
    for (int i = 0; i < 5; i++) {
      later(MINUTE);
      assertThat(look()).isEmpty();
    }
    services.openJobs.clear();
    later(MINUTE);
    assertThat(look()).isEmpty();
    services.openJobs.add(41L);
    later(MINUTE);
    assertThat(look()).as("there and gone and there again").containsExactly("1");
  }

  @Test
  void a_listing_that_fails_decides_nothing_and_holds_up_no_other_cause() throws Exception {
    services.externalIds.put(4L, "");
    parks(1, entry -> entry.putObject("user").put("id", 4));
    labelled(2, 12);
    services.externalIds.put(4L, "18");
    mapping.put(12L, new TaskRef.ByName("Build"));
    services.listingsFail = Optional.of(DOWN);
    later(MINUTE);
    assertThat(look()).containsExactly("2");
    services.listingsFail = Optional.empty();
    later(MINUTE);
    assertThat(look()).containsExactly("1");
  }

  @Test
  void a_wake_up_that_was_not_sent_stays_owed_for_the_sweep() throws Exception {
    labelled(1, 12);
    mapping.put(12L, new TaskRef.ByName("Build"));
    later(MINUTE);
    queueIsDown = true;
    org.assertj.core.api.Assertions.assertThatThrownBy(watch::look)
        .isInstanceOf(EntryStore.Unavailable.class);
    assertThat(store.row(new EntryId(1)).wake()).isEqualTo(EntryRow.Wake.OWED);
    queueIsDown = false;
    later(MINUTE.plusSeconds(1));
    assertThat(new EntrySweep(store, applier, Duration.ofHours(1), clock).sweep()).isOne();
  }

  @Test
  void whoever_has_not_the_turn_does_nothing_and_the_next_one_misses_nothing() throws Exception {
    labelled(1, 12);
    mapping.put(12L, new TaskRef.ByName("Build"));
    later(MINUTE);
    othersTurn = true;
    assertThat(look()).isEmpty();
    othersTurn = false;
    assertThat(look()).containsExactly("1");
  }

  @Test
  void thousands_that_wait_for_one_label_come_in_bounded_numbers_and_all_come() throws Exception {
    int keys = CauseWatch.MOST_SENT + 150;
    for (int i = 1; i <= keys; i++) {
      labelled(i, 12);
    }
    mapping.put(12L, new TaskRef.ByName("Build"));
    later(MINUTE);
    Instant began = now.get();
    Set<String> all = new HashSet<>(look());
    assertThat(all).hasSize(CauseWatch.MOST_SENT);
    assertThat(Duration.between(began, now.get()))
        .as("50 a second")
        .isEqualTo(Duration.ofMillis(20L * CauseWatch.MOST_SENT));
    later(MINUTE);
    List<String> rest = look();
    assertThat(rest).as("none of the others again").hasSize(150);
    all.addAll(rest);
    assertThat(all).hasSize(keys);
  }
}
