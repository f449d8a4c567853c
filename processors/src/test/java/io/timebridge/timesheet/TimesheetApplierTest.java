package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import io.timebridge.services.second.SecondService.Answer;
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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** The steps around a call, with every way a call or a write can end. */
class TimesheetApplierTest {
  private static final EntryId ID = new EntryId(77);

  private final FakeServices services = new FakeServices();
  private final InMemoryEntryStore store = new InMemoryEntryStore();
  private final HookedEntryStore hooked = new HookedEntryStore(store);
  private final AtomicLong nanos = new AtomicLong(1);
  private final List<String> verifyRequests = new ArrayList<>();
  private final List<String> unusable = new ArrayList<>();
  private final TimesheetApplier applier = applier("a");
  private long seq = 100;
  private int streamRefuses;

  private TimesheetApplier applier(String incarnation) {
    return applier(incarnation, Map.of());
  }

  private TimesheetApplier applier(String incarnation, Map<String, String> more) {
    Map<String, String> values = new java.util.HashMap<>(more);
    values.putIfAbsent("second-service.visible-within", "0ms");
    values.putIfAbsent("second-service.send-within", "5s");
    values.putIfAbsent("second-service.lands-within", "30s");
    Settings settings =
        new SettingsLoader().values(values, "test").load((aws, path) -> Map.of()).settings();
    InstantSource clock = () -> Instant.ofEpochSecond(1_763_800_000L).plusNanos(nanos.get());
    return new TimesheetApplier(
        new TimesheetApplier.Parts(
            services.first(),
            services.second(),
            hooked,
            label ->
                switch ((int) label) {
                  case 11 -> Optional.of(new TaskRef.ByName("DESIGN"));
                  case 13 -> Optional.of(new TaskRef.ById(5));
                  default -> Optional.empty();
                },
            (id, places, why) -> {
              if (streamRefuses-- > 0) {
                throw new EntryStore.Unavailable("throttled", new IllegalStateException());
              }
              verifyRequests.add(id.key());
            },
            (record, problem) -> {
              unusable.add(problem);
              return new Outcome.Parked(problem);
            },
            wakeUp -> {},
            settings.secondService(),
            settings.timesheet(),
            incarnation,
            clock,
            nanos::get,
            time -> nanos.addAndGet(time.toNanos()),
            Runnable::run));
  }

  private StreamRecord record(Route route, String body) {
    return record(route, body, ID.key());
  }

  private StreamRecord record(Route route, String body, String key) {
    Envelope envelope =
        new Envelope(
            "id-" + seq,
            Envelope.Source.FIRST_SERVICE,
            route,
            key,
            Instant.EPOCH,
            Map.of(),
            body.getBytes(StandardCharsets.UTF_8),
            null);
    return new StreamRecord("shard-0", BigInteger.valueOf(seq++), envelope);
  }

  private StreamRecord saved(ObjectNode entry) {
    return record(Route.TIMESHEET_UPDATE, "{\"payload\":" + entry + "}");
  }

  private StreamRecord thin(Route route) {
    return record(route, "{\"payload\":{\"entity_id\":77,\"entity_path\":\"/1.1/77/hours/77\"}}");
  }

  private Outcome handle(StreamRecord record) throws InterruptedException {
    return applier.handle(record);
  }

  private SecondService.Timesheet only() {
    assertThat(services.timesheets).hasSize(1);
    return services.timesheets.values().iterator().next();
  }

  private void passSpan() {
    nanos.addAndGet(Duration.ofSeconds(36).toNanos());
  }

  @Test
  void books_a_new_entry_on_the_right_person_job_task_day_and_hours() throws Exception {
    assertThat(handle(saved(services.entry(77, 5, 4502)))).isInstanceOf(Outcome.Applied.class);
    SecondService.Timesheet t = only();
    assertThat(t.personId()).isEqualTo(17);
    assertThat(t.jobId()).isEqualTo(41);
    assertThat(t.clientId()).isEqualTo(7);
    assertThat(t.taskId()).isEqualTo(6);
    assertThat(t.hours()).hasToString("1.2506");
    assertThat(t.day()).hasToString("2026-07-03");
    assertThat(t.description()).isEqualTo("v5 [TB#77]");
    assertThat(store.reads()).isEqualTo(1);
    assertThat(store.writes()).isEqualTo(2);
  }

  @Test
  void updates_deletes_and_costs_nothing_for_a_repeat() throws Exception {
    ObjectNode v5 = services.entry(77, 5, 3600);
    handle(saved(v5));
    ObjectNode v6 = services.entry(77, 6, 7200);
    handle(saved(v6));
    assertThat(only().hours()).hasToString("2.0000");
    int writes = store.writes();
    assertThat(handle(saved(v6))).isEqualTo(new Outcome.Skipped(Rules.DUPLICATE));
    assertThat(handle(saved(v5))).isEqualTo(new Outcome.Skipped(Rules.STALE));
    assertThat(store.writes()).isEqualTo(writes);
    services.entries.clear();
    handle(thin(Route.TIMESHEET_DELETION));
    assertThat(services.timesheets).isEmpty();
    assertThat(handle(saved(v6))).isEqualTo(new Outcome.Skipped("gone already"));
    assertThat(services.calls)
        .containsOnlyOnce("add")
        .containsOnlyOnce("update")
        .containsOnlyOnce("delete");
  }

  @Test
  void does_not_believe_a_versionless_delete_of_an_entry_that_lives() throws Exception {
    handle(saved(services.entry(77, 5, 3600)));
    assertThat(handle(thin(Route.TIMESHEET_DELETION))).isInstanceOf(Outcome.Skipped.class);
    assertThat(services.timesheets).hasSize(1);
  }

  @Test
  void applies_an_update_that_comes_before_its_create() throws Exception {
    ObjectNode v5 = services.entry(77, 5, 3600);
    ObjectNode v6 = services.entry(77, 6, 7200);
    handle(saved(v6));
    handle(record(Route.NEW_TIMESHEET_ENTRY, "{\"payload\":" + v5 + "}"));
    assertThat(only().hours()).hasToString("2.0000");
  }

  @Test
  void remembers_a_delete_that_comes_before_its_create() throws Exception {
    ObjectNode v5 = services.entry(77, 5, 3600);
    services.entries.clear();
    handle(thin(Route.TIMESHEET_DELETION));
    assertThat(handle(saved(v5))).isInstanceOf(Outcome.Skipped.class);
    assertThat(services.timesheets).isEmpty();
  }

  @Test
  void makes_one_timesheet_when_the_answer_to_an_add_is_lost() throws Exception {
    StreamRecord record = saved(services.entry(77, 5, 3600));
    services.next = Mishap.LOST_ANSWER;
    Outcome first = handle(record);
    assertThat(first).isInstanceOf(Outcome.Retry.class);
    assertThat(((Outcome.Retry) first).after()).contains(Duration.ofSeconds(35));
    assertThat(handle(record)).as("before the span has passed").isInstanceOf(Outcome.Retry.class);
    passSpan();
    passSpan();
    assertThat(handle(record)).isInstanceOf(Outcome.Applied.class);
    assertThat(services.timesheets).hasSize(1);
    assertThat(services.calls).containsOnlyOnce("add");
  }

  @Test
  void adds_again_after_two_looks_when_the_request_itself_was_lost() throws Exception {
    services.addByHand(17, "2026-07-03", "a timesheet of somebody else");
    StreamRecord record = saved(services.entry(77, 5, 3600));
    services.next = Mishap.LOST_REQUEST;
    handle(record);
    passSpan();
    passSpan();
    assertThat(handle(record)).isInstanceOf(Outcome.Applied.class);
    assertThat(services.timesheets).hasSize(2);
    assertThat(services.calls.stream().filter("look"::equals)).hasSize(2);
  }

  @Test
  void looks_four_times_before_it_believes_an_entirely_empty_report() throws Exception {
    StreamRecord record = saved(services.entry(77, 5, 3600));
    services.next = Mishap.LOST_ANSWER;
    handle(record);
    passSpan();
    services.emptyReports = 3;
    assertThat(handle(record)).isInstanceOf(Outcome.Applied.class);
    assertThat(services.timesheets).hasSize(1);
    assertThat(services.calls.stream().filter("look"::equals)).hasSize(4);
  }

  @Test
  void does_not_park_an_entry_because_a_task_list_came_empty() throws Exception {
    services.emptyTaskLists = 2;
    assertThat(handle(saved(services.entry(77, 5, 3600)))).isInstanceOf(Outcome.Applied.class);
    assertThat(only().taskId()).isEqualTo(6);
  }

  @Test
  void goes_on_at_once_after_a_call_that_was_surely_not_done() throws Exception {
    StreamRecord record = saved(services.entry(77, 5, 3600));
    services.next = Mishap.NOT_DONE;
    assertThat(handle(record)).isInstanceOf(Outcome.Retry.class);
    assertThat(store.row(ID).intent()).isEmpty();
    assertThat(handle(record)).isInstanceOf(Outcome.Applied.class);
    assertThat(services.timesheets).hasSize(1);
    assertThat(services.calls).doesNotContain("look");
  }

  @Test
  void moves_an_entry_whose_add_was_lost_and_which_changed_its_day_meanwhile() throws Exception {
    services.next = Mishap.LOST_ANSWER;
    handle(saved(services.entry(77, 5, 3600)));
    ObjectNode moved = services.entry(77, 6, 3600).put("day", "2026-08-20");
    StreamRecord record = saved(moved);
    assertThat(handle(record)).isInstanceOf(Outcome.Retry.class);
    passSpan();
    passSpan();
    assertThat(handle(record)).isInstanceOf(Outcome.Applied.class);
    assertThat(only().day()).hasToString("2026-08-20");
  }

  @Test
  void recreates_a_timesheet_that_somebody_deleted_by_hand() throws Exception {
    handle(saved(services.entry(77, 5, 3600)));
    services.timesheets.clear();
    assertThat(handle(saved(services.entry(77, 6, 7200)))).isInstanceOf(Outcome.Applied.class);
    assertThat(only().hours()).hasToString("2.0000");
  }

  @Test
  void changes_nothing_and_asks_for_a_check_when_its_intent_was_taken_over() throws Exception {
    StreamRecord record = saved(services.entry(77, 5, 3600));
    hooked.after =
        step -> {
          if (step.equals("begin")) {
            EntryRow row = store.row(ID);
            Intent open = row.intent().orElseThrow();
            hooked.after = s -> {};
            store.takeOver(
                ID,
                row,
                new Intent("thief-1", open.op(), open.version(), open.places(), open.span()));
          }
        };
    assertThat(handle(record)).isInstanceOf(Outcome.Retry.class);
    assertThat(verifyRequests).containsExactly("77");
    assertThat(store.row(ID).intent().orElseThrow().token()).isEqualTo("thief-1");
    passSpan();
    passSpan();
    handle(record);
    assertThat(services.timesheets).hasSize(1);
  }

  @Test
  void sends_nothing_once_its_fence_has_closed() throws Exception {
    StreamRecord record = saved(services.entry(77, 5, 3600));
    hooked.after =
        step -> {
          if (step.equals("begin")) {
            hooked.after = s -> {};
            nanos.addAndGet(Duration.ofMinutes(10).toNanos());
          }
        };
    handle(record);
    handle(record);
    assertThat(services.timesheets).hasSize(1);
    assertThat(services.calls.stream().filter("add"::equals)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = SecondService.Reason.class,
      names = {"UNKNOWN_TIMESHEET"},
      mode = EnumSource.Mode.EXCLUDE)
  void parks_the_key_when_second_service_refuses(SecondService.Reason reason) throws Exception {
    services.refuse = Optional.of(new Answer.Refused(reason, "said no"));
    assertThat(handle(saved(services.entry(77, 5, 3600)))).isInstanceOf(Outcome.Parked.class);
    services.refuse = Optional.empty();
    assertThat(handle(saved(services.entry(77, 6, 3600)))).isInstanceOf(Outcome.Parked.class);
    assertThat(services.timesheets).isEmpty();
    assertThat(store.waiting(ID).orElseThrow().records()).hasSize(2);
    assertThat(store.row(ID).lane()).isEqualTo(EntryRow.Lane.PARKED);
    assertThat(store.row(ID).intent()).isEmpty();
  }

  @Test
  void names_of_a_refused_entry_are_with_what_waits_and_not_in_the_outcome() throws Exception {
    services.refuse =
        Optional.of(new Answer.Refused(SecondService.Reason.CLOSED_JOB, "Ada's job is closed"));
    ObjectNode entry = services.entry(77, 5, 3600);
    ((ObjectNode) entry.path("project")).put("name", "Site");
    ((ObjectNode) entry.path("user")).put("name", "Ada");

    assertThat(handle(saved(entry))).isEqualTo(new Outcome.Parked("CLOSED_JOB job:41"));
    assertThat(store.waiting(ID).orElseThrow().why().detail()).contains("Site", "Ada");
  }

  @Test
  void rejects_an_unknown_user_an_unmapped_label_and_a_project_without_job() throws Exception {
    ObjectNode user = services.entry(77, 5, 3600);
    user.putObject("user").put("id", 4);
    handle(saved(user));
    assertThat(store.waiting(ID).orElseThrow().why().reason())
        .isEqualTo(Rejection.Reason.UNKNOWN_USER);

    store.forget(ID);
    ObjectNode label = services.entry(77, 5, 3600);
    label.putArray("label_ids").add(12);
    handle(saved(label));
    assertThat(store.waiting(ID).orElseThrow().why().reason())
        .isEqualTo(Rejection.Reason.UNMAPPED_LABEL);

    store.forget(ID);
    ObjectNode job = services.entry(77, 5, 3600);
    job.putObject("project").put("external_id", "");
    handle(saved(job));
    assertThat(store.waiting(ID).orElseThrow().why().reason())
        .isEqualTo(Rejection.Reason.UNKNOWN_JOB);
    assertThat(services.calls).doesNotContain("add");
  }

  @Test
  void takes_the_first_leaf_label_that_maps_by_id_too() throws Exception {
    ObjectNode entry = services.entry(77, 5, 3600);
    entry.putArray("label_ids").add(12).add(13);
    handle(saved(entry));
    assertThat(only().taskId()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"draft", "timer", "no-label", "no-duration"})
  void books_nothing_for(String kind) throws Exception {
    ObjectNode entry = services.entry(77, 5, kind.equals("no-duration") ? 0 : 3600);
    switch (kind) {
      case "draft" -> entry.put("draft", true);
      case "timer" -> entry.put("timer_state", "running");
      case "no-label" -> entry.putArray("label_ids");
      default -> {}
    }
    assertThat(handle(saved(entry))).isInstanceOf(Outcome.Skipped.class);
    assertThat(services.timesheets).isEmpty();
    assertThat(store.row(ID).version()).isEqualTo(5);
    handle(saved(services.entry(77, 6, 3600)));
    assertThat(services.timesheets).hasSize(1);
  }

  @Test
  void ignores_suggestions_and_keeps_what_it_cannot_use() throws Exception {
    String suggestion =
        "{\"payload\":{\"entity_id\":77,\"entity_path\":\"/1.1/77/suggested_hours/77\"}}";
    assertThat(handle(record(Route.NEW_TIMESHEET_ENTRY, suggestion)))
        .isEqualTo(new Outcome.Skipped("suggestion"));
    handle(record(Route.NEW_TIMESHEET_ENTRY, "{\"payload\":{}}"));
    handle(record(Route.NEW_TIMESHEET_ENTRY, "{\"payload\":{\"entity_id\":77}}", "78"));
    assertThat(unusable).hasSize(2);
    assertThat(store.writes()).isZero();
  }

  @Test
  void repairs_on_verify_what_somebody_changed_in_second_service() throws Exception {
    handle(saved(services.entry(77, 5, 3600)));
    services.timesheets.clear();
    assertThat(handle(thin(Route.VERIFY))).isInstanceOf(Outcome.Applied.class);
    assertThat(services.timesheets).hasSize(1);
  }

  @Test
  void looks_on_verify_also_where_the_event_says_a_timesheet_may_be() throws Exception {
    handle(saved(services.entry(77, 5, 3600)));
    services.addByHand(17, "2026-01-15", "a late double [TB#77]");
    handle(
        record(Route.VERIFY, "{\"payload\":{\"id\":77,\"places\":[\"17|2026-01-15\",\"junk\"]}}"));
    assertThat(only().description()).isEqualTo("v5 [TB#77]");
  }

  private StreamRecord afterLoss(String more) {
    return record(Route.VERIFY, "{\"payload\":{\"id\":77,\"afterLoss\":true" + more + "}}");
  }

  @Test
  void makes_anew_after_a_loss_and_leaves_the_timesheet_that_has_its_id_by_now() throws Exception {
    handle(saved(services.entry(77, 5, 3600)));
    long id = services.timesheets.keySet().iterator().next();
    SecondService.Timesheet foreign =
        new SecondService.Timesheet(
            7, 41, 6, 18, java.math.BigDecimal.TEN, java.time.LocalDate.EPOCH, "other [TB#78]");
    services.timesheets.put(id, foreign);
    assertThat(handle(afterLoss(""))).isInstanceOf(Outcome.Applied.class);
    assertThat(services.timesheets).hasSize(2).containsEntry(id, foreign);
    assertThat(store.read(ID).timesheetId()).isNotEqualTo(id);
    handle(afterLoss(""));
    assertThat(services.timesheets).as("once").hasSize(2);
  }

  @Test
  void after_a_loss_deletes_what_came_back_of_a_deleted_entry_and_nothing_else() throws Exception {
    handle(saved(services.entry(77, 5, 3600)));
    services.entries.clear();
    handle(thin(Route.TIMESHEET_DELETION));
    services.addByHand(17, "2026-07-03", "back from the dead [TB#77]");
    services.addByHand(17, "2026-07-03", "another [TB#78]");
    handle(afterLoss(",\"places\":[\"17|2026-07-03\"]"));
    assertThat(only().description()).isEqualTo("another [TB#78]");
  }

  @Test
  void after_a_loss_a_deletion_spares_the_timesheet_that_has_the_rows_id_by_now() throws Exception {
    handle(saved(services.entry(77, 5, 3600)));
    long id = services.timesheets.keySet().iterator().next();
    services.timesheets.clear();
    services.addByHand(17, "2026-07-03", "x [TB#78]");
    services.timesheets.put(id, services.timesheets.remove(id + 1));
    services.entries.clear();
    assertThat(handle(afterLoss(""))).isInstanceOf(Outcome.Applied.class);
    assertThat(only().description()).isEqualTo("x [TB#78]");
    assertThat(store.read(ID).state()).isEqualTo(EntryRow.State.DELETED);
  }

  @Test
  void makes_anew_after_a_loss_also_where_a_deletion_by_hand_is_only_reported() throws Exception {
    TimesheetApplier reporting =
        applier(
            "r",
            Map.of(
                "timesheet.deleted-by-hand", "report", "second-service.timesheet-report", "false"));
    reporting.handle(saved(services.entry(77, 5, 3600)));
    services.timesheets.clear();
    assertThat(reporting.handle(afterLoss(""))).isInstanceOf(Outcome.Applied.class);
    assertThat(services.timesheets).hasSize(1);
  }

  @Test
  void makes_an_entry_again_that_was_restored_within_the_second_of_its_last_change()
      throws Exception {
    ObjectNode v5 = services.entry(77, 5, 3600);
    handle(saved(v5));
    services.entries.clear();
    handle(thin(Route.TIMESHEET_DELETION));
    assertThat(services.timesheets).isEmpty();
    services.entries.put(77L, v5);
    assertThat(handle(saved(v5))).isInstanceOf(Outcome.Applied.class);
    assertThat(services.timesheets).hasSize(1);
  }

  @Test
  void makes_one_timesheet_when_an_add_is_answered_without_an_id_and_the_look_up_fails()
      throws Exception {
    StreamRecord record = saved(services.entry(77, 5, 3600));
    services.addsWithoutId = true;
    services.failingReports = 1;
    assertThat(handle(record)).isInstanceOf(Outcome.Retry.class);
    passSpan();
    assertThat(handle(record)).isInstanceOf(Outcome.Applied.class);
    assertThat(services.timesheets).hasSize(1);
    assertThat(services.calls).containsOnlyOnce("add");
  }

  @Test
  void parks_the_key_when_a_double_cannot_be_deleted() throws Exception {
    handle(saved(services.entry(77, 5, 3600)));
    services.addByHand(17, "2026-07-03", "a double [TB#77]");
    services.refuse =
        Optional.of(new Answer.Refused(SecondService.Reason.LOCKED_PERIOD, "locked period"));
    assertThat(handle(thin(Route.VERIFY))).isInstanceOf(Outcome.Parked.class);
    assertThat(store.waiting(ID).orElseThrow().why().reason())
        .isEqualTo(Rejection.Reason.LOCKED_PERIOD);
  }

  @Test
  void does_not_add_beside_a_timesheet_it_knows_but_cannot_find() throws Exception {
    handle(saved(services.entry(77, 5, 3600)));
    services.timesheets.replaceAll((id, t) ->
        new SecondService.Timesheet(
            t.clientId(),
            t.jobId(),
            t.taskId(),
            t.personId(),
            t.hours(),
            t.day().plusDays(40),
            "mark edited away"));
    assertThat(handle(thin(Route.VERIFY))).isInstanceOf(Outcome.Applied.class);
    assertThat(only().description()).isEqualTo("v5 [TB#77]");
  }

  @Test
  void parks_an_entry_that_first_service_itself_gives_without_a_day() throws Exception {
    services.entry(77, 5, 3600).remove("day");
    services.entries.get(77L).remove("day");
    assertThat(handle(thin(Route.TIMESHEET_UPDATE))).isInstanceOf(Outcome.Parked.class);
    assertThat(store.waiting(ID).orElseThrow().why().reason())
        .isEqualTo(Rejection.Reason.INVALID_DATA);
  }

  /**
   * Random histories of one entry, delivered late, twice and in any order, with calls whose
   * requests or answers are lost and writes whose process dies right after; handled to the end by
   * one worker after the other. At rest SecondService holds the newest content once, or nothing.
   */
  @Test
  void parks_an_entry_whose_timesheet_was_deleted_by_hand_when_the_deployment_wants_to_be_told()
      throws Exception {
    TimesheetApplier reporting = applier("r", Map.of("timesheet.deleted-by-hand", "report"));
    reporting.handle(saved(services.entry(77, 5, 3600)));
    services.timesheets.clear();
    assertThat(reporting.handle(saved(services.entry(77, 6, 7200))))
        .isInstanceOf(Outcome.Parked.class);
    assertThat(store.waiting(ID).orElseThrow().why().reason())
        .isEqualTo(Rejection.Reason.DELETED_BY_HAND);
    assertThat(services.timesheets).isEmpty();
    EntryRow row = store.row(ID);
    assertThat(row.timesheetId()).as("sent again, it is made anew").isZero();
    assertThat(row.state()).isEqualTo(EntryRow.State.NONE);
    assertThat(row.place()).isEmpty();
  }

  @Test
  void restores_a_mark_that_was_edited_away_with_the_next_change() throws Exception {
    handle(saved(services.entry(77, 5, 3600)));
    long id = services.timesheets.keySet().iterator().next();
    SecondService.Timesheet t = only();
    services.timesheets.put(
        id,
        new SecondService.Timesheet(
            t.clientId(), t.jobId(), t.taskId(), t.personId(), t.hours(), t.day(), "by hand"));
    handle(saved(services.entry(77, 6, 7200)));
    assertThat(only().description()).isEqualTo("v6 [TB#77]");
  }

  @Test
  void leaves_the_timesheet_as_it_was_when_the_label_is_taken_away() throws Exception {
    handle(saved(services.entry(77, 5, 3600)));
    ObjectNode unlabelled = services.entry(77, 6, 7200);
    unlabelled.putArray("label_ids");
    assertThat(handle(saved(unlabelled))).isInstanceOf(Outcome.Skipped.class);
    assertThat(only().hours()).hasToString("1.0000");
  }

  @Test
  void writes_and_reads_nothing_while_the_circuit_is_open() throws Exception {
    services.circuitOpenFor = Optional.of(Duration.ofSeconds(4));
    assertThat(handle(saved(services.entry(77, 5, 3600))))
        .isInstanceOfSatisfying(
            Outcome.Retry.class,
            retry -> assertThat(retry.after()).contains(Duration.ofSeconds(4)));
    assertThat(store.reads()).isZero();
    assertThat(store.writes()).isZero();
    assertThat(services.calls).isEmpty();
  }

  @Test
  void waits_for_first_service_only_with_events_that_have_to_ask_it() throws Exception {
    services.entry(77, 5, 3600);
    services.firstShut =
        Optional.of(
            new ServiceTrouble(
                ServiceTrouble.Kind.CREDENTIALS, "log in again", Duration.ofSeconds(3), null));
    assertThat(handle(thin(Route.TIMESHEET_UPDATE)))
        .isInstanceOfSatisfying(
            Outcome.Retry.class,
            retry -> assertThat(retry.after()).contains(Duration.ofSeconds(3)));
    assertThat(store.reads()).isZero();
    assertThat(services.calls).isEmpty();
    assertThat(handle(saved(services.entry(77, 6, 3600)))).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void parks_a_key_that_fails_again_and_again_while_others_get_through() throws Exception {
    TimesheetApplier impatient =
        applier("i", Map.of("timesheet.retry-attempts", "3", "timesheet.retry-for", "1m"));
    StreamRecord stubborn = saved(services.entry(77, 5, 3600));
    Outcome outcome = new Outcome.Retry("");
    int others = 0;
    while (outcome instanceof Outcome.Retry) {
      services.next = Mishap.LOST_ANSWER;
      services.timesheets.clear(); // it never lands
      outcome = impatient.handle(stubborn);
      passSpan();
      services.next = Mishap.NONE;
      String key = Long.toString(1000 + ++others);
      impatient.handle(
          record(
              Route.TIMESHEET_UPDATE,
              "{\"payload\":" + services.entry(1000 + others, 5, 60) + "}",
              key));
      assertThat(others).as("attempts").isLessThan(20);
    }
    assertThat(outcome).isInstanceOf(Outcome.Parked.class);
    assertThat(store.waiting(ID).orElseThrow().why().reason())
        .isEqualTo(Rejection.Reason.RETRIES_SPENT);
    assertThat(store.row(ID).intent()).as("resolved before it was parked").isEmpty();
    assertThat(others).isGreaterThanOrEqualTo(4);
  }

  @Test
  void never_parks_in_an_outage_however_long() throws Exception {
    TimesheetApplier impatient =
        applier("i", Map.of("timesheet.retry-attempts", "1", "timesheet.retry-for", "0ms"));
    StreamRecord a = saved(services.entry(77, 5, 3600));
    StreamRecord b =
        record(Route.TIMESHEET_UPDATE, "{\"payload\":" + services.entry(78, 5, 60) + "}", "78");
    for (int i = 0; i < 200; i++) {
      services.next = Mishap.LOST_REQUEST;
      assertThat(impatient.handle(a)).isInstanceOf(Outcome.Retry.class);
      services.next = Mishap.LOST_REQUEST;
      assertThat(impatient.handle(b)).isInstanceOf(Outcome.Retry.class);
      passSpan();
    }
    assertThat(impatient.handle(a)).isInstanceOf(Outcome.Applied.class);
    assertThat(impatient.handle(b)).isInstanceOf(Outcome.Applied.class);
  }

  /**
   * SecondService is well, and entries that need no fetch flow: that says nothing of the ill one.
   */
  @Test
  void never_parks_in_an_outage_of_first_service_while_second_service_is_well() throws Exception {
    TimesheetApplier impatient =
        applier("i", Map.of("timesheet.retry-attempts", "1", "timesheet.retry-for", "0ms"));
    impatient.handle(
        record(Route.TIMESHEET_UPDATE, "{\"payload\":" + services.entry(99, 5, 60) + "}", "99"));
    StreamRecord thin = thin(Route.TIMESHEET_UPDATE);
    services.entry(77, 5, 3600);
    for (int i = 0; i < 100; i++) {
      services.firstFails =
          Optional.of(new ServiceTrouble(ServiceTrouble.Kind.UNKNOWN, "FirstService: 503"));
      assertThat(impatient.handle(thin)).isInstanceOf(Outcome.Retry.class);
      assertThat(
              impatient.handle(
                  record(
                      Route.TIMESHEET_UPDATE,
                      "{\"payload\":" + services.entry(1000 + i, 5, 60) + "}",
                      Long.toString(1000 + i))))
          .isInstanceOf(Outcome.Applied.class);
      nanos.addAndGet(Duration.ofMinutes(1).toNanos() / 60);
    }
    services.firstFails = Optional.empty();
    assertThat(impatient.handle(thin)).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void parks_an_unreadable_entry_also_when_a_call_of_it_is_unresolved() throws Exception {
    services.next = Mishap.LOST_ANSWER;
    services.entry(77, 5, 3600);
    assertThat(handle(thin(Route.TIMESHEET_UPDATE))).isInstanceOf(Outcome.Retry.class);
    services.entry(77, 6, 3600);
    services.entries.get(77L).remove("day");
    StreamRecord spoilt = thin(Route.TIMESHEET_UPDATE);
    assertThat(handle(spoilt)).as("its call may still land").isInstanceOf(Outcome.Retry.class);
    passSpan();
    assertThat(handle(spoilt)).isInstanceOf(Outcome.Parked.class);
    EntryRow row = store.row(ID);
    assertThat(row.intent()).isEmpty();
    assertThat(row.timesheetId()).as("what had landed was found").isPositive();
    assertThat(store.waiting(ID).orElseThrow().why().reason())
        .isEqualTo(Rejection.Reason.INVALID_DATA);
  }

  @Test
  void does_not_park_as_unknown_what_was_surely_not_sent_where_there_is_no_report()
      throws Exception {
    TimesheetApplier blind = applier("b", Map.of("second-service.timesheet-report", "false"));
    StreamRecord record = saved(services.entry(77, 5, 3600));
    services.next = Mishap.NOT_DONE;
    hooked.releaseFails = true;
    assertThat(blind.handle(record)).isInstanceOf(Outcome.Retry.class);
    assertThat(store.row(ID).intent()).as("its release failed").isPresent();
    hooked.releaseFails = false;
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(blind.handle(record)).isInstanceOf(Outcome.Applied.class);
    assertThat(services.timesheets).hasSize(1);
  }

  @Test
  void asks_for_a_check_that_is_still_owed_when_it_is_closed() throws Exception {
    List<Runnable> background = new ArrayList<>();
    OwedVerifies owed =
        new OwedVerifies(
            (id, places, why) -> verifyRequests.add(id.key()),
            nanos::get,
            time -> nanos.addAndGet(time.toNanos()),
            background::add);
    owed.owe(ID, java.util.Set.of(), "late", Duration.ofSeconds(30));
    owed.close();
    assertThat(verifyRequests).containsExactly("77");
    assertThat(owed.owes(ID)).isEmpty();
    background.forEach(Runnable::run);
    assertThat(verifyRequests).as("once").containsExactly("77");
  }

  @Test
  void parks_a_key_whose_entry_cannot_be_fetched_while_others_get_through() throws Exception {
    TimesheetApplier impatient =
        applier("i", Map.of("timesheet.retry-attempts", "2", "timesheet.retry-for", "0ms"));
    StreamRecord stubborn = thin(Route.TIMESHEET_UPDATE);
    services.entry(77, 5, 3600);
    Outcome outcome = new Outcome.Retry("");
    for (int i = 0; outcome instanceof Outcome.Retry && i < 10; i++) {
      services.firstFails = Optional.of(new ServiceTrouble(ServiceTrouble.Kind.UNKNOWN, "500"));
      outcome = impatient.handle(stubborn);
      services.firstFails = Optional.empty();
      services.entry(1000 + i, 5, 60);
      impatient.handle(
          record(
              Route.TIMESHEET_UPDATE,
              "{\"payload\":{\"entity_id\":%d,\"entity_path\":\"/1.1/77/hours/%d\"}}"
                  .formatted(1000 + i, 1000 + i),
              Long.toString(1000 + i)));
    }
    assertThat(outcome).isInstanceOf(Outcome.Parked.class);
    assertThat(store.waiting(ID).orElseThrow().why().reason())
        .isEqualTo(Rejection.Reason.RETRIES_SPENT);
  }

  @Test
  void asks_for_a_check_until_the_stream_takes_it() throws Exception {
    streamRefuses = 3;
    hooked.after =
        step -> {
          if (step.equals("begin")) {
            hooked.after = s -> {};
            EntryRow row = store.row(ID);
            store.takeOver(
                ID,
                row,
                new Intent(
                    "thief-1", Intent.Op.ADD, 5, java.util.Set.of(), Duration.ofSeconds(36)));
          }
        };
    handle(saved(services.entry(77, 5, 3600)));
    assertThat(verifyRequests).containsExactly("77");
  }

  @Test
  void asks_for_a_check_when_a_call_of_unknown_outcome_ended_after_its_intent_was_taken_over()
      throws Exception {
    hooked.after =
        step -> {
          if (step.equals("begin")) {
            hooked.after = s -> {};
            services.next = Mishap.LOST_ANSWER;
            EntryRow row = store.row(ID);
            store.takeOver(
                ID,
                row,
                new Intent(
                    "thief-1", Intent.Op.ADD, 5, java.util.Set.of(), Duration.ofSeconds(36)));
          }
        };
    assertThat(handle(saved(services.entry(77, 5, 3600)))).isInstanceOf(Outcome.Retry.class);
    assertThat(verifyRequests).containsExactly("77");
  }

  @Test
  void looks_at_every_place_by_itself_before_it_believes_that_there_is_nothing() throws Exception {
    services.next = Mishap.LOST_ANSWER;
    handle(saved(services.entry(77, 5, 3600)));
    passSpan();
    ObjectNode moved = services.entry(77, 6, 3600);
    moved.put("day", "2026-07-20");
    services.addByHand(17, "2026-07-20", "another entry's");
    services.emptyReports = 1; // the report of the old place; the new place's shows a row
    handle(saved(moved));
    assertThat(services.timesheets.values())
        .filteredOn(t -> t.description().contains("[TB#77]"))
        .singleElement()
        .satisfies(t -> assertThat(t.day()).hasToString("2026-07-20"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void ends_with_one_newest_timesheet_whatever_happens(int block) throws Exception {
    for (int i = 0; i < 1500; i++) {
      long seed = block * 100_000L + i;
      new History(seed).run();
    }
  }

  private static final class History {
    private static final List<Mishap> MISHAPS =
        List.of(
            Mishap.NONE,
            Mishap.NONE,
            Mishap.NONE,
            Mishap.LOST_ANSWER,
            Mishap.LOST_REQUEST,
            Mishap.NOT_DONE);

    private final long seed;
    private final Random random;
    private final TimesheetApplierTest t = new TimesheetApplierTest();

    History(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    void run() throws Exception {
      List<StreamRecord> stream = deliveries();
      TimesheetApplier worker = t.applier("w0");
      int crashes = 3;
      for (int at = 0; at < stream.size(); ) {
        t.services.next = MISHAPS.get(random.nextInt(MISHAPS.size()));
        boolean dies = crashes > 0 && random.nextInt(6) == 0;
        int countdown = random.nextInt(3);
        t.hooked.after = dies ? dyingAfter(countdown) : step -> {};
        Outcome outcome;
        try {
          outcome = worker.handle(stream.get(at));
        } catch (Died died) {
          crashes--;
          worker = t.applier("w" + crashes);
          at = Math.max(0, at - random.nextInt(3)); // redelivered from the last checkpoint
          continue;
        }
        switch (outcome) {
          case Outcome.Retry retry ->
              t.nanos.addAndGet(
                  retry.after().orElse(Duration.ofMillis(200)).toNanos() + random.nextInt(1000));
          case Outcome.Applied applied -> at++;
          case Outcome.Skipped skipped -> at++;
          case Outcome.Parked parked -> at++;
        }
      }
      boolean live = t.services.entries.containsKey(77L);
      assertThat(t.services.timesheets).as("seed %d", seed).hasSize(live ? 1 : 0);
      if (live) {
        assertThat(t.only().description())
            .as("seed %d", seed)
            .isEqualTo("v" + t.services.entries.get(77L).get("updated_at").asLong() + " [TB#77]");
      }
      assertThat(t.store.row(ID).intent()).as("seed %d", seed).isEmpty();
    }

    /**
     * All of FirstService's changes, each delivered one to three times, shuffled within a window.
     */
    private List<StreamRecord> deliveries() {
      List<StreamRecord> stream = new ArrayList<>();
      List<java.util.function.Supplier<StreamRecord>> makers = new ArrayList<>();
      int versions = 1 + random.nextInt(5);
      for (int v = 1; v <= versions; v++) {
        ObjectNode entry = t.services.entry(77, v, 600L * v);
        entry.put("day", "2026-07-0" + (1 + random.nextInt(9)));
        t.services.entries.put(77L, entry);
        boolean thin = random.nextBoolean();
        for (int copies = 1 + random.nextInt(3); copies > 0; copies--) {
          makers.add(thin ? () -> t.thin(Route.TIMESHEET_UPDATE) : () -> t.saved(entry));
        }
      }
      if (random.nextInt(3) == 0) {
        t.services.entries.clear();
        makers.add(() -> t.thin(Route.TIMESHEET_DELETION));
        makers.add(() -> t.thin(Route.TIMESHEET_DELETION));
      }
      for (int i = makers.size() - 1; i > 0; i--) {
        java.util.Collections.swap(makers, i, Math.max(0, i - random.nextInt(4)));
      }
      makers.forEach(maker -> stream.add(maker.get()));
      return stream;
    }

    private static HookedEntryStore.Hook dyingAfter(int writes) {
      int[] left = {writes};
      return step -> {
        if (left[0]-- == 0) {
          throw new Died();
        }
      };
    }
  }

  /** The process dies here. */
  private static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
