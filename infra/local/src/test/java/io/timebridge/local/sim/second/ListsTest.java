package io.timebridge.local.sim.second;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.sim.Http;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class ListsTest {
  private static final String JOBS = "job/" + Office.QUERY + "list&boolArchived=0&boolClosed=0";
  private static final String CLIENTS = "client/" + Office.QUERY + "list&boolArchived=0";
  private static final String REPORT = "reports/" + Office.QUERY + "run&gidReport=";
  private static final String HOSTILE = "L'été & \"Söhne\" <b>\n日本 🏗";

  @Test
  void without_a_seed_the_columns_stand_as_in_the_contract_and_unknown_ones_follow()
      throws Exception {
    try (Office office = Office.open()) {
      assertThat(office.list("Task/?i=timebridge&cmd=list&idJob=" + office.job).body())
          .isEqualTo(
              ("{\"listTasks\":{\"hdr\":{\"idTask\":0,\"strName\":1,\"strCode\":2,"
                      + "\"boolBillable\":3},\"data\":[[%d,\"Design\",null,null],"
                      + "[%d,\"Build\",null,null]]}}")
                  .formatted(office.design, office.build));
    }
  }

  @Test
  void headers_move_with_the_seed_and_cells_move_with_them() throws Exception {
    Set<String> orders = new HashSet<>();
    for (long seed = 1; seed <= 5; seed++) {
      try (Office office = Office.open(Office.plain().withHeaderSeed(seed))) {
        JsonNode table = Http.json(office.list(JOBS)).path("listJobs");
        orders.add(table.path("hdr").toString());
        ObjectNode row = byName(table).getFirst();
        assertThat(row.path("idJob").longValue()).isEqualTo(office.job);
        assertThat(row.path("idClient").longValue()).isEqualTo(office.client);
        assertThat(row.path("strClientCode").stringValue()).isEqualTo("ACME");
        assertThat(row.path("strClientName").stringValue()).isEqualTo("Acme");
        assertThat(row.path("strJobCode").stringValue()).isEqualTo("J-1");
        assertThat(row.path("strJobName").stringValue()).isEqualTo("Site");
        assertThat(row.has("strManager")).isTrue();
      }
    }
    assertThat(orders).hasSizeGreaterThan(1);
  }

  @Test
  void an_older_build_lists_tasks_as_objects() throws Exception {
    try (Office office = Office.open(Office.plain().withOldTaskList(true))) {
      assertThat(office.list("Task/?i=timebridge&cmd=list&idJob=" + office.job).body())
          .isEqualTo(
              ("{\"listTasks\":[{\"idTask\":%d,\"strName\":\"Design\"},"
                      + "{\"idTask\":%d,\"strName\":\"Build\"}]}")
                  .formatted(office.design, office.build));
      assertThat(office.list("Task/?i=timebridge&cmd=list&idJob=7").body()).contains("unknown job");
    }
  }

  @Test
  void numbers_are_strings_now_and_then_and_the_same_numbers() throws Exception {
    try (Office office =
        Office.open(
            Office.plain().withQuirks(new SecondServiceSim.Quirks(0, false, 0.5, 0, 0, 3)))) {
      Set<Boolean> kinds = new HashSet<>();
      for (int i = 0; i < 40; i++) {
        JsonNode id =
            Http.json(office.list(CLIENTS)).path("listClients").path("data").path(0).path(0);
        kinds.add(id.isString());
        assertThat(id.asString()).isEqualTo(Long.toString(office.client));
      }
      assertThat(kinds).containsExactlyInAnyOrder(true, false);
    }
  }

  @Test
  void closed_and_archived_jobs_are_not_listed_but_reported() throws Exception {
    try (Office office = Office.open()) {
      JsonNode second = office.addJob(office.client, "J-2", "Other");
      office.control.post(
          "/__sim/jobs", "{\"op\":\"archive\",\"idJob\":%s}".formatted(second.path("idJob")));
      office.addJob(office.client, "J-3", "Third");
      office.job("close");
      assertThat(byName(Http.json(office.list(JOBS)).path("listJobs")))
          .extracting(row -> row.path("strJobCode").stringValue())
          .containsExactly("J-3");
      String dates =
          "&boolSaveState=0&idRangeJobCreatedDate=10&dtFromJobCreatedDate=&dtToJobCreatedDate=";
      JsonNode table =
          Http.json(office.list(REPORT + "JobListCustomizable" + dates)).path("results").path(0);
      assertThat(byName(table))
          .extracting(
              row -> row.path("Job Code").stringValue() + " " + row.path("Status").stringValue())
          .containsExactly("J-1 Closed", "J-2 Archived", "J-3 Open");
      assertThat(byName(table).getFirst().path("Client ID").longValue()).isEqualTo(office.client);
    }
  }

  @Test
  void clients_are_positional_and_archived_ones_left_out() throws Exception {
    try (Office office = Office.open()) {
      long gone = office.addClient("GONE", "Gone");
      office.control.post("/__sim/clients", "{\"op\":\"archive\",\"idClient\":%d}".formatted(gone));
      assertThat(office.list(CLIENTS).body())
          .isEqualTo(
              "{\"listClients\":{\"data\":[[%d,\"ACME\",\"Acme\"]]}}".formatted(office.client));
    }
  }

  @Test
  void names_hold_anything() throws Exception {
    try (Office office = Office.open()) {
      ObjectNode rename = JsonNodeFactory.instance.objectNode();
      rename.put("op", "rename").put("idClient", office.client).put("strClientName", HOSTILE);
      office.control.post("/__sim/clients", rename);
      ObjectNode job = JsonNodeFactory.instance.objectNode();
      job.put("op", "rename").put("idJob", office.job).put("strJobName", HOSTILE);
      office.control.post("/__sim/jobs", job);
      ObjectNode row = byName(Http.json(office.list(JOBS)).path("listJobs")).getFirst();
      assertThat(row.path("strClientName").stringValue()).isEqualTo(HOSTILE);
      assertThat(row.path("strJobName").stringValue()).isEqualTo(HOSTILE);
    }
  }

  @Test
  void jobs_rename_move_and_what_changes_nothing_is_not_in_the_ledger() throws Exception {
    try (Office office = Office.open()) {
      long other = office.addClient("B", "Bee");
      String id = "\"idJob\":" + office.job;
      office.control.post("/__sim/jobs", "{\"op\":\"rename\"," + id + ",\"strJobCode\":\"J-9\"}");
      office.control.post("/__sim/jobs", "{\"op\":\"move\"," + id + ",\"idClient\":" + other + "}");
      office.control.post("/__sim/jobs", "{\"op\":\"move\"," + id + ",\"idClient\":" + other + "}");
      office.control.post("/__sim/jobs", "{\"op\":\"reopen\"," + id + "}");
      office.control.post("/__sim/jobs", "{\"op\":\"add-task\"," + id + ",\"strName\":\"Test\"}");
      assertThat(office.ops()).endsWith("client.add", "job.rename", "job.move", "task.add");
      JsonNode job = office.control.state().path("jobs").path(0);
      assertThat(job.path("idClient").longValue()).isEqualTo(other);
      assertThat(job.path("strJobCode").stringValue()).isEqualTo("J-9");
      assertThat(job.path("strJobName").stringValue()).isEqualTo("Site");
    }
  }

  @Test
  void the_timesheet_report_filters_by_person_and_by_days_both_included() throws Exception {
    try (Office office = Office.open()) {
      for (String day : List.of("2026-07-01", "2026-07-02", "2026-07-03", "2026-07-04")) {
        office.add(office.sheet("dtTimesheet", day));
      }
      assertThat(days(office, office.person, "2026-07-02", "2026-07-03"))
          .containsExactly("2026-07-02", "2026-07-03");
      assertThat(days(office, office.person, "", "2026-07-02"))
          .containsExactly("2026-07-01", "2026-07-02");
      assertThat(days(office, office.person, "2026-07-04", "")).containsExactly("2026-07-04");
      assertThat(days(office, 1, "", "")).isEmpty();
      assertThat(report(office, "", "", "").size()).isEqualTo(4);
      ObjectNode row = report(office, "", "", "").getFirst();
      assertThat(row.path("Personnel ID").longValue()).isEqualTo(office.person);
      assertThat(row.path("Job ID").longValue()).isEqualTo(office.job);
      assertThat(row.path("Task ID").longValue()).isEqualTo(office.design);
      assertThat(row.path("Hours").doubleValue()).isEqualTo(1.2506);
      assertThat(row.path("Description").stringValue()).isEqualTo("a note");
      assertThat(office.list(REPORT + "TimesheetListCustomizable&dtFromTimesheet=x").body())
          .contains("bad date");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "", "[]", "{\"op\":\"nonsense\"}", "{\"op\":\"add\"}", "null"})
  void a_control_call_that_makes_no_sense_is_refused_with_a_reason(String body) throws Exception {
    try (Office office = Office.open()) {
      int effects = office.control.ledger(0).size();
      var answer = office.http.send("POST", "/__sim/jobs", body, java.util.Map.of());
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(Http.json(answer).path("error").stringValue()).isNotBlank();
      assertThat(office.control.ledger(0)).hasSize(effects);
    }
  }

  private static List<String> days(Office office, long person, String from, String to)
      throws Exception {
    return report(office, Long.toString(person), from, to).stream()
        .map(row -> row.path("Date").stringValue())
        .toList();
  }

  private static List<ObjectNode> report(Office office, String person, String from, String to)
      throws Exception {
    String filter =
        "TimesheetListCustomizable&idPersonnel=%s&dtFromTimesheet=%s&dtToTimesheet=%s"
            .formatted(person, from, to);
    return byName(Http.json(office.list(REPORT + filter)).path("results").path(0));
  }

  private static List<ObjectNode> byName(JsonNode table) {
    List<ObjectNode> rows = new ArrayList<>();
    for (JsonNode cells : table.path("data")) {
      ObjectNode row = JsonNodeFactory.instance.objectNode();
      table
          .path("hdr")
          .properties()
          .forEach(column -> row.set(column.getKey(), cells.path(column.getValue().intValue())));
      rows.add(row);
    }
    return rows;
  }
}
