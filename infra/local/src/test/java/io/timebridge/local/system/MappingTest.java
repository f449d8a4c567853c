package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.system.AdminRig.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code ./timebridge mapping ...} as a person types it, with names nobody would like to quote. */
class MappingTest {
  private static final String HOSTILE = "Büro, \"quoted\"\n'line' 🚀 = \u001b[31mred";

  @TempDir static Path folder;

  private static AdminRig rig;
  private static Path config;
  private static long design;
  private static long hostile;
  private static long meeting;
  private static long meetingAgain;
  private static long designTask;

  @BeforeAll
  static void start() throws Exception {
    rig = new AdminRig(folder);
    config = rig.config(Map.of());
    long work = rig.label("Work", 0);
    design = rig.label("Design", work);
    hostile = rig.label(HOSTILE, work);
    meeting = rig.label("Team Meeting", work);
    meetingAgain = rig.label("TeamMeeting", work);
    long client = rig.client("ACME", "Acme \"& Söhne\"");
    JsonNode job = rig.job(client, "J-1", "Site", "Design", HOSTILE, "Team-Meeting");
    designTask = job.path("tasks").path(0).path("idTask").asLong(1);
    long person =
        rig.second
            .post("/__sim/personnel", "{\"op\":\"add\",\"strName\":\"Ada\"}")
            .path("idPersonnel")
            .longValue();
    long user =
        rig.first
            .post(
                "/__sim/users",
                "{\"email\":\"a@b.test\",\"name\":\"Ada\",\"external_id\":\"%d\"}"
                    .formatted(person))
            .path("id")
            .longValue();
    long project =
        rig.firstProject("Site - J-1", rig.firstClient("Acme", Long.toString(client)), "1");
    for (int i = 0; i < 3; i++) {
      rig.first.post(
          "/__sim/entries",
          "{\"op\":\"create\",\"user_id\":%d,\"project_id\":%d,\"day\":\"%s\",\"seconds\":60,\"note\":\"\",\"label_ids\":[%d]}"
              .formatted(user, project, LocalDate.now(ZoneOffset.UTC).minusDays(2), meetingAgain));
    }
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private static Ran mapping(String... arguments) {
    return with(config, arguments);
  }

  private static Ran with(Path settings, String... arguments) {
    List<String> all = new ArrayList<>(List.of("mapping"));
    all.addAll(List.of(arguments));
    return rig.run(settings, all.toArray(String[]::new));
  }

  @BeforeEach
  void empty() {
    for (JsonNode row : mapping("list", "--json").json()) {
      assertThat(mapping("remove", row.path("labelId").asString()).exit()).isZero();
    }
  }

  @Test
  void sets_by_name_and_by_id_lists_and_removes() {
    Ran set = mapping("set", "work / design", "Design");
    assertThat(set.exit()).as(set.err()).isZero();
    assertThat(set.out())
        .contains("label " + design + " (Work / Design) is mapped to \"Design\"")
        .contains("tried again within a minute");
    assertThat(mapping("set", Long.toString(design), "Design").out())
        .contains("nothing was changed");
    Ran again = mapping("set", "Design", "--task-id", Long.toString(designTask), "--json");
    assertThat(again.json().path("changed").asBoolean()).isTrue();
    assertThat(again.json().path("before").path("task").asString()).isEqualTo("Design");
    assertThat(again.json().path("taskId").asLong()).isEqualTo(designTask);
    assertThat(mapping("set", Long.toString(hostile), "--", HOSTILE).exit()).isZero();

    JsonNode rows = mapping("list", "--json").json();
    assertThat(rows).hasSize(2);
    assertThat(rows.get(1).path("task").asString()).isEqualTo(HOSTILE);
    assertThat(rows.get(1).path("label").asString()).isEqualTo("Work / " + HOSTILE);
    assertThat(rows.get(1).path("source").asString()).startsWith("set by ");
    assertThat(rows.get(1).path("at").asString()).startsWith("20");
    assertThat(mapping("list").out())
        .contains("Work / Design", "#" + designTask, "🚀")
        .doesNotContain("\u001b")
        .hasLineCount(3);

    assertThat(mapping("remove", "Design").out()).contains("no longer mapped");
    Ran gone = mapping("remove", "Design");
    assertThat(gone.exit()).isEqualTo(1);
    assertThat(gone.err()).contains("LABEL " + design + " is not mapped");
  }

  @Test
  void says_which_option_is_wrong_and_what_to_do() {
    assertThat(mapping("set", "Design").exit()).isEqualTo(2);
    assertThat(mapping("set", "Design", "A", "--task-id", "3").err()).contains("one of TASK");
    assertThat(mapping("set", "Design", " ").err()).contains("TASK is blank");
    assertThat(mapping("set", "Design", "--task-id", "x").err())
        .contains("--task-id \"x\": must be a task's id");
    Ran nobody = mapping("set", "Nobody", "Design");
    assertThat(nobody.exit()).isEqualTo(1);
    assertThat(nobody.err()).contains("LABEL \"Nobody\"", "give its id");
    Ran unknown = mapping("set", "987654", "Design");
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.err()).contains("LABEL 987654", "--unchecked");
    assertThat(mapping("set", "987654", "Design", "--unchecked").exit()).isZero();
    assertThat(mapping("check", "--days", "0").exit()).isEqualTo(2);
    assertThat(mapping("check", "--jobs", "0").err()).contains("--jobs 0: must be 1 to");
    assertThat(mapping().exit()).isEqualTo(2);
    assertThat(mapping("export", "--json").exit()).isEqualTo(2);
    for (String command : List.of("list", "set", "remove", "import", "export", "check")) {
      Ran help = mapping(command, "--help");
      assertThat(help.exit()).isZero();
      assertThat(help.out()).contains("--json", "--config");
    }
  }

  @Test
  void exports_what_import_reads_to_the_character() throws Exception {
    mapping("set", Long.toString(design), "--task-id", "7");
    mapping("set", Long.toString(hostile), "--", HOSTILE);
    mapping("set", Long.toString(meeting), "--", "=SUM(A1), \"x\"");
    JsonNode before = mapping("list", "--json").json();
    Path file = folder.resolve("mappings.csv");
    Files.deleteIfExists(file);
    assertThat(mapping("export", file.toString(), "--json").json().path("mappings").asInt())
        .isEqualTo(3);
    assertThat(mapping("export", file.toString()).err()).contains("--force");
    assertThat(mapping("export").out()).isEqualTo(Files.readString(file));

    Ran same = mapping("import", file.toString());
    assertThat(same.exit()).as(same.err()).isZero();
    assertThat(same.out())
        .contains("0 labels newly mapped, 0 mapped to another task, 3 as they were");
    assertThat(mapping("list", "--json").json()).as("not even touched").isEqualTo(before);

    empty();
    JsonNode dry = mapping("import", file.toString(), "--dry-run", "--json").json();
    assertThat(dry.path("added").asInt()).isEqualTo(3);
    assertThat(mapping("list", "--json").json()).isEmpty();
    assertThat(mapping("import", file.toString()).out()).contains("3 labels newly mapped");
    JsonNode after = mapping("list", "--json").json();
    for (int i = 0; i < 3; i++) {
      for (String field : List.of("labelId", "task", "taskId")) {
        assertThat(after.get(i).path(field)).isEqualTo(before.get(i).path(field));
      }
    }
  }

  @Test
  void imports_nothing_of_a_file_with_a_problem_and_tells_all_of_them() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("bad.csv"),
            "label_id,label,task\n%d,,Design\n,Nobody\u001b[31m,Design\nx,,Design\n%d,,\n"
                .formatted(design, meeting));
    Ran ran = mapping("import", file.toString());
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err())
        .contains("line 3: label = \"Nobody")
        .contains("line 4: label_id = \"x\"")
        .contains("line 5: neither task nor task_id")
        .contains("nothing was imported")
        .doesNotContain("\u001b");
    assertThat(mapping("import", file.toString(), "--json").json().path("problems")).hasSize(3);
    assertThat(mapping("list", "--json").json()).isEmpty();
    assertThat(mapping("import", folder.resolve("missing.csv").toString()).exit()).isEqualTo(2);

    Files.writeString(file, "label,task\nWork / Design,Design\nteam meeting,Team-Meeting\n");
    assertThat(mapping("import", file.toString()).exit()).isZero();
    assertThat(mapping("list", "--json").json()).hasSize(2);
  }

  @Test
  void finds_what_is_not_mapped_and_is_content_once_it_is() {
    mapping("set", Long.toString(design), "Desing");
    mapping("set", "424242", "Design", "--unchecked");
    mapping("set", Long.toString(meeting), "Team-Meeting");
    Ran ran = mapping("check", "--json");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(1);
    JsonNode report = ran.json();
    assertThat(report.path("entries").asInt()).isEqualTo(3);
    assertThat(report.path("openJobs").asInt()).isEqualTo(1);
    List<String> kinds =
        report.path("findings").valueStream().map(f -> f.path("kind").asString()).toList();
    assertThat(kinds)
        .containsExactly(
            "unmapped-label", "unmapped-label", "near-duplicate", "unknown-task", "unknown-label");
    JsonNode used = report.path("findings").get(0);
    assertThat(used.path("labelId").asLong()).isEqualTo(meetingAgain);
    assertThat(used.path("uses").asInt()).isEqualTo(3);
    assertThat(used.path("suggestion").path("task").asString()).isEqualTo("Team-Meeting");
    assertThat(report.path("findings").get(1).path("suggestion").path("task").asString())
        .isEqualTo(HOSTILE.strip());

    Ran text = mapping("check");
    assertThat(text.out())
        .contains(
            "unmapped-label   " + meetingAgain + " \"Work / TeamMeeting\"", "3 entries name it")
        .contains("./timebridge mapping set " + meetingAgain + " -- 'Team-Meeting'")
        .contains("no open job has task \"Desing\"")
        .doesNotContain("\u001b");

    mapping("set", Long.toString(meetingAgain), "--", "Team-Meeting");
    mapping("set", Long.toString(hostile), "--", HOSTILE);
    mapping("set", Long.toString(design), "--task-id", Long.toString(designTask));
    mapping("remove", "424242");
    Ran fine = mapping("check");
    assertThat(fine.out()).contains("0 findings");
    assertThat(fine.exit()).as(fine.out()).isZero();
  }

  @Test
  void looks_at_no_more_days_and_jobs_than_it_is_told_to() {
    JsonNode report = mapping("check", "--jobs", "1", "--days", "1", "--json").json();
    assertThat(report.path("entries").asInt()).as("those of two days ago").isZero();
    assertThat(report.path("jobs").asInt()).isEqualTo(1);
  }

  @Test
  void works_by_id_while_first_service_is_away() throws Exception {
    Path away = rig.config(Map.of("first-service.url", "http://127.0.0.1:1"));
    Ran set = with(away, "set", Long.toString(design), "Design");
    assertThat(set.exit()).as(set.err()).isZero();
    assertThat(set.err()).contains("was not checked");
    Ran list = with(away, "list");
    assertThat(list.exit()).isZero();
    assertThat(list.out()).contains(Long.toString(design), "\"Design\"");
    assertThat(list.err()).contains("by id alone");
    Ran byName = with(away, "set", "Design", "Design");
    assertThat(byName.exit()).isEqualTo(1);
    assertThat(byName.err()).contains("the command can be repeated");
    assertThat(with(away, "check").exit()).isEqualTo(1);
  }
}
