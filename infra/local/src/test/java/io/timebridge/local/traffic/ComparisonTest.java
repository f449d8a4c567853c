package io.timebridge.local.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.local.traffic.Comparison.BackupItem;
import io.timebridge.local.traffic.Comparison.Finding;
import io.timebridge.local.traffic.Comparison.Result;
import io.timebridge.local.traffic.Comparison.Rules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A small world that agrees; each test plants one disagreement. */
class ComparisonTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ObjectNode first =
      object(
          """
          {"users":[{"id":1,"email":"a@x","name":"A","external_id":"301"},
                    {"id":2,"email":"b@x","name":"B","external_id":"302"},
                    {"id":3,"email":"c@x","name":"C","external_id":null}],
           "labels":[{"id":50,"name":"Work","parent_id":null},
                     {"id":51,"name":"Design","parent_id":50},
                     {"id":52,"name":"Special","parent_id":null},
                     {"id":53,"name":"Ideas","parent_id":null}],
           "clients":[{"id":20,"name":"Acme","external_id":"1001"}],
           "projects":[{"id":30,"name":"Site - J-1","active":true,"external_id":"5001","client":{"id":20}},
                       {"id":31,"name":"Road - J-2","active":true,"external_id":"5002","client":{"id":20}},
                       {"id":32,"name":"Old - J-3","active":false,"external_id":"5003","client":{"id":20}},
                       {"id":33,"name":"Own","active":true,"external_id":null,"client":{"id":20}}],
           "events":[]}
          """);

  private final ObjectNode second =
      object(
          """
          {"clients":[{"idClient":1001,"strClientCode":"ACME","strClientName":"Acme","archived":false},
                      {"idClient":1002,"strClientCode":"INT","strClientName":"Us","archived":false}],
           "jobs":[{"idJob":5001,"idClient":1001,"strJobCode":"J-1","strJobName":"Site","closed":false,"archived":false},
                   {"idJob":5002,"idClient":1001,"strJobCode":"J-2","strJobName":"Road","closed":false,"archived":false},
                   {"idJob":5003,"idClient":1001,"strJobCode":"J-3","strJobName":"Old","closed":true,"archived":false},
                   {"idJob":5004,"idClient":1002,"strJobCode":"J-4","strJobName":"Us","closed":false,"archived":false}],
           "tasks":[{"idTask":71,"idJob":5001,"strName":"Design"},{"idTask":72,"idJob":5001,"strName":"Build"},
                    {"idTask":73,"idJob":5002,"strName":" design "},{"idTask":74,"idJob":5003,"strName":"Design"}],
           "personnel":[{"idPersonnel":301,"strName":"A"},{"idPersonnel":302,"strName":"B"},{"idPersonnel":303,"strName":"C"}],
           "timesheets":[]}
          """);

  private final List<BackupItem> backups = new ArrayList<>();

  private Rules rules =
      new Rules(
          Map.of(51L, new TaskRef.ByName("DESIGN "), 52L, new TaskRef.ById(72)), Set.of("INT"));

  ComparisonTest() {
    entry(1, 1, 30, 4502, "[50,51]", false);
    entry(2, 2, 30, 3600, "[52,50,51]", false);
    entry(3, 2, 31, 60, "[50,52,51]", false);
    entry(4, 1, 30, 100, "[51]", true);
    entry(5, 1, 30, 100, "[]", false);
    entry(6, 3, 30, 100, "[51]", false);
    entry(7, 1, 30, 100, "[53]", false);
    timesheet(901, 5001, 71, 301, "1.2506", "note [TB#1]");
    timesheet(902, 5001, 72, 302, "1.0", "[TB#2]");
    timesheet(903, 5002, 73, 302, "0.0167", "see [TB#1] [TB#3]");
  }

  @Test
  void a_world_in_order_agrees() {
    Result result = compare();

    assertThat(result.examples()).isEmpty();
    assertThat(result.agrees()).isTrue();
    assertThat(result.live()).isEqualTo(6);
    assertThat(result.timesheets()).isEqualTo(3);
    assertThat(result.unmappable()).isEqualTo(3);
    assertThat(result.jobs()).isEqualTo(2);
    assertThat(result.projects()).isEqualTo(2);
    assertThat(result.backups()).isEqualTo(7);
  }

  @Test
  void finds_a_missing_timesheet() {
    timesheets().remove(0);
    only(compare().missing(), "entry 1 ");
  }

  @Test
  void finds_a_double() {
    timesheet(904, 5001, 71, 301, "1.2506", "note [TB#1]");
    only(compare().duplicates(), "entry 1 has timesheets [901, 904]");
  }

  @ParameterizedTest
  @CsvSource({
    "dblHours,1.2505,hours 1.2505",
    "idTask,72,task 72",
    "idJob,5002,job 5002",
    "idClient,1002,client 1002",
    "idPersonnel,302,person 302",
    "dtTimesheet,2026-07-04,day 2026-07-04"
  })
  void finds_a_wrong_value(String field, String value, String said) {
    ((ObjectNode) timesheets().get(0)).set(field, JSON.readTree(quoted(field, value)));
    only(compare().wrong(), "entry 1, timesheet 901: " + said);
  }

  private static String quoted(String field, String value) {
    return field.startsWith("dt") ? "\"" + value + "\"" : value;
  }

  @Test
  void finds_the_ghost_of_a_deleted_entry() {
    timesheet(904, 5001, 71, 301, "0.0278", "[TB#4]");
    only(compare().extra(), "timesheet 904, but entry 4 is deleted");
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 6, 7})
  void finds_a_timesheet_of_an_entry_that_cannot_be_booked(long entry) {
    timesheet(904, 5001, 71, 301, "0.0278", "[TB#" + entry + "]");
    only(compare().extra(), "entry " + entry);
    rules = new Rules(rules.labelTasks(), rules.excludedClientCodes(), Set.of(entry));
    assertThat(compare().agrees()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "by hand", "[TB#1] in front", "[TB#0]", "[TB#99]", "[tb#1]"})
  void finds_timesheets_without_a_mark_of_an_entry(String description) {
    timesheet(904, 5001, 71, 301, "1.2506", description);
    only(compare().extra(), "timesheet 904");
  }

  @Test
  void a_draft_or_running_entry_has_none() {
    event(0).put("draft", true);
    event(1).put("timer_state", "running");
    assertThat(compare().extra().count()).isEqualTo(2);
    assertThat(compare().unmappable()).isEqualTo(5);
  }

  @Test
  void an_entry_of_a_job_closed_later_keeps_its_timesheet() {
    object(second.path("jobs").get(1)).put("closed", true);
    object(first.path("projects").get(1)).put("active", false);
    assertThat(compare().agrees()).isTrue();
    timesheets().remove(2);
    assertThat(compare().agrees()).isTrue();
  }

  @Test
  void finds_a_missing_double_misnamed_or_misplaced_project() {
    ObjectNode site = object(first.path("projects").get(0));
    site.put("active", false);
    only(compare().wrongProjects(), "job 5001 has 0 active projects");
    site.put("active", true).put("name", "Site");
    only(compare().wrongProjects(), "named 'Site', expected 'Site - J-1'");
    site.put("name", "Site - J-1").putObject("client").put("id", 21);
    only(compare().wrongProjects(), "project 30 of job 5001 is of client -");
    site.putObject("client").put("id", 20);
    array(first.path("projects")).add(site.deepCopy().put("id", 35));
    only(compare().wrongProjects(), "job 5001 has 2 active projects [30, 35]");
  }

  @Test
  void finds_an_active_project_of_a_closed_or_unknown_job() {
    object(first.path("projects").get(2)).put("active", true);
    only(compare().wrongProjects(), "job 5003 is closed, but project 32 is active");
    object(first.path("projects").get(2)).put("external_id", "6000");
    only(compare().wrongProjects(), "project 32 is of unknown job 6000");
  }

  @Test
  void finds_a_double_or_misnamed_client() {
    ObjectNode acme = object(first.path("clients").get(0));
    acme.put("name", "Acme Ltd");
    only(compare().wrongProjects(), "client 1001 is named 'Acme Ltd'");
    acme.put("name", "Acme");
    array(first.path("clients")).add(acme.deepCopy().put("id", 21));
    only(compare().wrongProjects(), "client 1001 is there 2 times");
  }

  @Test
  void a_job_of_a_client_that_is_not_excluded_needs_a_project() {
    rules = new Rules(rules.labelTasks(), Set.of());
    assertThat(compare().wrongProjects().count()).isEqualTo(2);
  }

  @Test
  void finds_every_kind_of_wrong_backup() {
    BackupItem one = backups.getFirst();
    backups.set(0, new BackupItem(1, 99, one.body(), Optional.empty()));
    only(compare().wrongBackups(), "entry 1 has a backup of version 99, expected 101");
    backups.set(0, new BackupItem(1, 101, one.body().replace("4502", "4503"), Optional.empty()));
    only(compare().wrongBackups(), "entry 1 has a backup with another duration");
    backups.set(0, new BackupItem(1, 101, one.body().replace("words", "other"), Optional.empty()));
    only(compare().wrongBackups(), "entry 1 has a backup with another note");
    backups.set(0, new BackupItem(1, 101, "{", Optional.empty()));
    only(compare().wrongBackups(), "not JSON");
    backups.set(0, new BackupItem(1, 101, one.body(), Optional.of(Instant.EPOCH)));
    only(compare().wrongBackups(), "entry 1 lives, but its backup has a tombstone");
    backups.removeFirst();
    only(compare().wrongBackups(), "entry 1 has no backup");
    backups.addFirst(one);
    backups.set(3, new BackupItem(4, 104, "{}", Optional.empty()));
    only(compare().wrongBackups(), "entry 4 is deleted, but its backup has no tombstone");
    backups.set(3, new BackupItem(4, 0, "", Optional.of(Instant.EPOCH)));
    assertThat(compare().agrees()).isTrue();
    backups.add(new BackupItem(77, 1, "{}", Optional.empty()));
    only(compare().wrongBackups(), "unknown entry 77");
  }

  @Test
  void keeps_twenty_examples_and_counts_all() {
    for (int i = 0; i < 50; i++) {
      timesheet(1_000 + i, 5001, 71, 301, "1", "by hand");
    }
    assertThat(compare().extra().count()).isEqualTo(50);
    assertThat(compare().extra().examples()).hasSize(Finding.MAX_EXAMPLES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"users", "labels", "clients", "projects", "events"})
  void an_answer_that_lacks_a_list_is_no_agreement(String list) {
    first.remove(list);
    assertThatThrownBy(this::compare)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(list);
  }

  private void only(Finding finding, String text) {
    Result result = compare();
    assertThat(finding.count()).isEqualTo(1);
    assertThat(result.examples()).singleElement().asString().contains(text);
    assertThat(result.agrees()).isFalse();
  }

  private Result compare() {
    return Comparison.compare(first, second, backups, rules);
  }

  private void entry(long id, long user, long project, long seconds, String labels, boolean gone) {
    ObjectNode event =
        object(
            """
            {"id":%d,"user":{"id":%d},"project":{"id":%d},"duration":{"total_seconds":%d},
             "day":"2026-07-03","note":"words","label_ids":%s,"updated_at":%d,"deleted":%s,
             "draft":false,"timer_state":"default"}
            """
                .formatted(id, user, project, seconds, labels, 100 + id, gone));
    array(first.path("events")).add(event);
    backups.add(
        new BackupItem(
            id, 100 + id, event.toString(), gone ? Optional.of(Instant.EPOCH) : Optional.empty()));
  }

  private void timesheet(
      long id, long job, long task, long person, String hours, String description) {
    ObjectNode timesheet =
        object(
            """
            {"idTimesheet":%d,"idClient":1001,"idJob":%d,"idTask":%d,"idPersonnel":%d,
             "dblHours":%s,"dtTimesheet":"2026-07-03"}
            """
                .formatted(id, job, task, person, hours));
    timesheets().add(timesheet.put("strDescription", description));
  }

  private ArrayNode timesheets() {
    return array(second.path("timesheets"));
  }

  private ObjectNode event(int place) {
    return object(first.path("events").get(place));
  }

  private static ObjectNode object(String json) {
    return (ObjectNode) JSON.readTree(json);
  }

  private static ObjectNode object(JsonNode node) {
    return (ObjectNode) node;
  }

  private static ArrayNode array(JsonNode node) {
    return (ArrayNode) node;
  }
}
