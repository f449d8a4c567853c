package io.timebridge.local.sim.second;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.sim.Http;
import io.timebridge.local.sim.SimControl.Effect;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class TimesheetsTest {
  private Office office;

  @BeforeEach
  void start() throws Exception {
    office = Office.open();
  }

  @AfterEach
  void stop() {
    office.close();
  }

  @Test
  void add_update_and_delete_stand_in_the_ledger_in_order_with_their_content() throws Exception {
    long id = office.add(office.sheet());
    Map<String, String> changed = office.sheet("dblHours", "2.5");
    changed.put("idTimesheet", Long.toString(id));
    changed.put("strDescription", "line\n\"two\" & ünï 🕰");
    assertThat(office.timesheet("update", changed).body())
        .isEqualTo("{\"idTimesheet\":" + id + "}");
    assertThat(office.control.state().path("timesheets").path(0).path("dblHours").doubleValue())
        .isEqualTo(2.5);
    assertThat(office.timesheet("delete", Map.of("idTimesheet", Long.toString(id))).body())
        .isEqualTo("{}");

    List<Effect> effects = office.control.ledger(0);
    assertThat(effects)
        .extracting(Effect::op)
        .containsExactly(
            "client.add",
            "job.add",
            "task.add",
            "task.add",
            "personnel.add",
            "login",
            "timesheet.add",
            "timesheet.update",
            "timesheet.delete");
    assertThat(effects).extracting(Effect::n).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    assertThat(effects.get(6).content().toString())
        .isEqualTo(
            ("{\"idTimesheet\":%d,\"idClient\":%d,\"idJob\":%d,\"idTask\":%d,\"idPersonnel\":%d,"
                    + "\"dblHours\":1.2506,\"dtTimesheet\":\"2026-07-03\","
                    + "\"strDescription\":\"a note\"}")
                .formatted(id, office.client, office.job, office.design, office.person));
    assertThat(effects.get(7).content().path("strDescription").asString())
        .isEqualTo("line\n\"two\" & ünï 🕰");
    assertThat(effects.get(8).ids().path("idTimesheet").longValue()).isEqualTo(id);
    assertThat(office.timesheets()).isZero();
  }

  @Test
  void ids_of_deleted_timesheets_are_not_used_again() throws Exception {
    long first = office.add(office.sheet());
    office.timesheet("delete", Map.of("idTimesheet", Long.toString(first)));

    assertThat(office.add(office.sheet())).isGreaterThan(first);
  }

  @Test
  void a_repeated_add_makes_a_second_timesheet() throws Exception {
    office.add(office.sheet());
    office.add(office.sheet());

    assertThat(office.timesheets()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "idJob,1,unknown job",
    "idJob,,unknown job",
    "idClient,77,unknown client",
    "idTask,1,unknown task",
    "idTask,Design,unknown task",
    "idPersonnel,1,unknown personnel",
    "dblHours,0,bad hours",
    "dblHours,0.0000,bad hours",
    "dblHours,-1,bad hours",
    "dblHours,24.0001,bad hours",
    "dblHours,1.00001,bad hours",
    "dblHours,1e1,bad hours",
    "dblHours,NaN,bad hours",
    "dblHours,'1,5',bad hours",
    "dblHours,,bad hours",
    "dtTimesheet,2026-02-30,bad date",
    "dtTimesheet,2026-7-3,bad date",
    "dtTimesheet,03.07.2026,bad date",
    "dtTimesheet,,bad date",
    "dtTimesheet,2026-05-31,locked period"
  })
  void a_broken_rule_is_an_error_inside_200_and_no_effect(String field, String value, String error)
      throws Exception {
    office.control.post("/__sim/locks", "{\"before\":\"2026-06-01\"}");
    long id = office.add(office.sheet());
    JsonNode before = office.control.state().path("timesheets");
    int effects = office.control.ledger(0).size();
    Map<String, String> form = office.sheet(field, value == null ? "" : value);

    expectError(office.timesheet("add", form), error);
    form.put("idTimesheet", Long.toString(id));
    expectError(office.timesheet("update", form), error);

    assertThat(office.control.ledger(0)).hasSize(effects);
    assertThat(office.control.state().path("timesheets")).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"24", "0.0001", "8.50000", "01.5"})
  void hours_at_the_edges_are_accepted(String hours) throws Exception {
    office.add(office.sheet("dblHours", hours));

    assertThat(office.control.state().path("timesheets").path(0).path("dblHours").decimalValue())
        .isEqualByComparingTo(hours);
  }

  @Test
  void errors_come_as_string_and_as_object_in_turn() throws Exception {
    Map<String, String> form = office.sheet("dblHours", "99");

    JsonNode first = Http.json(office.timesheet("add", form)).path("error");
    JsonNode second = Http.json(office.timesheet("add", form)).path("error");

    assertThat(first.stringValue()).isEqualTo("bad hours: 99");
    assertThat(second.path("message").stringValue()).isEqualTo("bad hours: 99");
  }

  @Test
  void a_task_must_belong_to_the_job_and_the_client_to_it_too() throws Exception {
    JsonNode other = office.addJob(office.client, "J-2", "Other");
    String foreignTask = other.path("tasks").path(0).path("idTask").asString();
    String foreignClient = Long.toString(office.addClient("OTHER", "Other"));

    expectError(office.timesheet("add", office.sheet("idTask", foreignTask)), "unknown task");
    expectError(
        office.timesheet("add", office.sheet("idClient", foreignClient)),
        "client is not the job's");
  }

  @Test
  void a_closed_job_takes_nothing_until_it_is_reopened() throws Exception {
    long id = office.add(office.sheet());
    Map<String, String> form = office.sheet("idTimesheet", Long.toString(id));
    office.job("close");
    expectError(office.timesheet("add", form), "closed job");
    expectError(office.timesheet("update", form), "closed job");
    office.job("reopen");
    office.add(form);
    assertThat(office.timesheet("update", form).statusCode()).isEqualTo(200);
    assertThat(office.timesheets()).isEqualTo(2);
  }

  @Test
  void a_timesheet_in_a_locked_period_can_neither_be_moved_out_nor_deleted() throws Exception {
    String id = Long.toString(office.add(office.sheet("dtTimesheet", "2026-05-31")));
    office.control.post("/__sim/locks", "{\"before\":\"2026-06-01\"}");

    expectError(office.timesheet("update", office.sheet("idTimesheet", id)), "locked period");
    expectError(office.timesheet("delete", Map.of("idTimesheet", id)), "locked period");
    office.add(office.sheet("dtTimesheet", "2026-06-01"));
    assertThat(office.timesheets()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"update", "delete"})
  void an_unknown_timesheet_is_named(String cmd) throws Exception {
    expectError(
        office.timesheet(cmd, office.sheet("idTimesheet", "123456")), "unknown timesheet: 123456");
  }

  @Test
  void a_body_that_is_not_declared_as_a_form_carries_no_fields() throws Exception {
    HttpResponse<String> answer =
        office.http.send(
            "POST",
            "/service/api/timesheet/?i=timebridge&cmd=add",
            Http.form(office.sheet()),
            Map.of("Content-Type", "text/plain", "Cookie", office.cookies()));

    expectError(answer, "unknown job");
  }

  @Test
  void an_update_sometimes_succeeds_with_an_empty_answer_and_an_add_when_told_so()
      throws Exception {
    office.close();
    office =
        Office.open(
            Office.plain().withQuirks(new SecondServiceSim.Quirks(0, false, 0, 0.5, 1, 11)));
    assertThat(office.timesheet("add", office.sheet()).body()).isEqualTo("{}");
    String id = office.control.state().path("timesheets").path(0).path("idTimesheet").asString();
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      answers.add(office.timesheet("update", office.sheet("idTimesheet", id)).body());
    }

    assertThat(new HashSet<>(answers))
        .containsExactlyInAnyOrder("{}", "{\"idTimesheet\":" + id + "}");
    assertThat(office.ops()).filteredOn("timesheet.update"::equals).hasSize(30);
  }

  @Test
  void the_hand_of_an_admin_edits_and_deletes_without_rules() throws Exception {
    long id = office.add(office.sheet());
    office.job("close");
    office.control.post(
        "/__sim/timesheets",
        "{\"op\":\"edit\",\"idTimesheet\":%d,\"dblHours\":30,\"strDescription\":\"x\"}"
            .formatted(id));
    JsonNode edited = office.control.state().path("timesheets").path(0);
    assertThat(edited.path("dblHours").intValue()).isEqualTo(30);
    assertThat(edited.path("dtTimesheet").stringValue()).isEqualTo("2026-07-03");
    office.control.post(
        "/__sim/timesheets", "{\"op\":\"delete\",\"idTimesheet\":%d}".formatted(id));
    assertThat(office.timesheets()).isZero();
    assertThat(office.ops()).endsWith("job.close", "timesheet.update", "timesheet.delete");
  }

  @Test
  void many_at_once_leave_a_ledger_without_gap_that_equals_the_state() throws Exception {
    List<Callable<Long>> adds = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      adds.add(() -> office.add(office.sheet()));
    }
    List<Long> ids = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Long> each : threads.invokeAll(adds)) {
        ids.add(each.get());
      }
    }

    List<Effect> effects = office.control.ledger(6);
    assertThat(effects)
        .extracting(Effect::n)
        .containsExactlyElementsOf(LongStream.rangeClosed(7, 66).boxed().toList());
    assertThat(effects)
        .extracting(effect -> effect.ids().path("idTimesheet").longValue())
        .containsExactlyInAnyOrderElementsOf(ids)
        .isSorted();
    assertThat(effects)
        .extracting(Effect::content)
        .containsExactlyElementsOf(office.control.state().path("timesheets").values());
  }

  @Test
  void the_ledger_pages() throws Exception {
    JsonNode page = office.control.get("/__sim/ledger?after=2&limit=2");
    assertThat(page.path("entries").path(0).path("n").longValue()).isEqualTo(3);
    assertThat(page.path("entries").size()).isEqualTo(2);
    assertThat(page.path("last").longValue()).isEqualTo(4);
    assertThat(office.control.get("/__sim/ledger?after=999").path("entries").isEmpty()).isTrue();
    assertThat(office.control.ledger(999)).isEmpty();
  }

  private static void expectError(HttpResponse<String> answer, String error) {
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode node = Http.json(answer).path("error");
    assertThat(node.isObject() ? node.path("message").stringValue() : node.asString())
        .startsWith(error);
  }
}
