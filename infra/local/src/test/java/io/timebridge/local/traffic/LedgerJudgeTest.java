package io.timebridge.local.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.local.sim.SimControl.Effect;
import io.timebridge.local.traffic.LedgerJudge.Scope;
import io.timebridge.local.traffic.LedgerJudge.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two small ledgers that agree; each test plants one thing that is wrong. */
class LedgerJudgeTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Instant START = Instant.parse("2026-07-01T08:00:00Z");

  private final List<Effect> first = new ArrayList<>();
  private final List<Effect> second = new ArrayList<>();
  private Set<Long> admitted = Set.of();

  LedgerJudgeTest() {
    first("user.add", "{}", "{'id':11,'external_id':'301'}");
    first("user.add", "{}", "{'id':12,'external_id':'302'}");
    second("client.add", "{'idClient':1001}", "{'idClient':1001,'strClientName':'Acme'}");
    job(5001, "Site", false);
    second("task.add", "{}", "{'idTask':71,'idJob':5001,'strName':'Design'}");
    first("client.create", "{'id':20}", "{'id':20,'name':'Acme','external_id':'1001'}");
    project(30, 5001, "Site - J-1", true);
  }

  @Test
  void is_content_when_every_version_is_booked_in_turn() {
    entry(1, "event.create", 11, 600, false);
    entry(1, "event.edit", 12, 660, false);
    entry(1, "event.delete", 12, 660, true);
    entry(1, "event.edit", 12, 660, false);
    timesheet("add", 901, 1, 301, "0.1667");
    timesheet("update", 901, 1, 302, "0.1833");
    timesheet("delete", 901, 1, 302, "0.1833");
    timesheet("add", 902, 1, 302, "0.1833");

    assertThat(judge().findings()).isEmpty();
    assertThat(judge().transients()).isZero();
  }

  @Test
  void is_content_when_versions_are_left_out_or_booked_twice_over() {
    entry(1, "event.create", 11, 600, false);
    entry(1, "event.edit", 11, 660, false);
    entry(1, "event.edit", 11, 720, false);
    timesheet("add", 901, 1, 301, "0.1667");
    timesheet("update", 901, 1, 301, "0.20");
    timesheet("update", 901, 1, 301, "0.2");

    assertThat(judge().findings()).isEmpty();
  }

  @Test
  void finds_a_live_entry_without_a_timesheet() {
    entry(1, "event.create", 11, 600, false);

    assertThat(judge().lost()).isOne();
    assertThat(judge().findings()).singleElement().asString().contains("entry 1", "0.1667 h");
  }

  @Test
  void finds_two_timesheets_of_one_entry_once_however_long_they_stay() {
    entry(1, "event.create", 11, 600, false);
    timesheet("add", 901, 1, 301, "0.1667");
    timesheet("add", 902, 1, 301, "0.1667");

    assertThat(judge().doubled()).isOne();
    assertThat(judge().findings()).singleElement().asString().contains("901", "902");
  }

  @Test
  void finds_a_double_that_was_put_right_and_says_how_long_it_lasted() {
    entry(1, "event.create", 11, 600, false);
    timesheet("add", 901, 1, 301, "0.1667");
    timesheet("add", 902, 1, 301, "0.1667");
    timesheet("delete", 902, 1, 301, "0.1667");

    Verdict verdict = judge();
    assertThat(verdict.doubled()).isOne();
    assertThat(verdict.transients()).isOne();
    assertThat(verdict.longestTransient()).isEqualTo(Duration.ofSeconds(1));
    assertThat(verdict.outOfOrder()).as("taking a double away deletes no version").isZero();
  }

  @Test
  void counts_a_double_that_the_protocol_admits_as_a_transient_only() {
    entry(1, "event.create", 11, 600, false);
    timesheet("add", 901, 1, 301, "0.1667");
    admitted = Set.of(timesheet("add", 902, 1, 301, "0.1667"));
    timesheet("delete", 902, 1, 301, "0.1667");

    assertThat(judge().findings()).isEmpty();
    assertThat(judge().transients()).isOne();
  }

  @Test
  void finds_an_admitted_double_that_is_still_there_in_the_end() {
    entry(1, "event.create", 11, 600, false);
    timesheet("add", 901, 1, 301, "0.1667");
    admitted = Set.of(timesheet("add", 902, 1, 301, "0.1667"));

    assertThat(judge().doubled()).isOne();
  }

  @Test
  void finds_an_older_version_written_over_a_newer_one_and_put_right_again() {
    entry(1, "event.create", 11, 600, false);
    entry(1, "event.edit", 11, 660, false);
    timesheet("add", 901, 1, 301, "0.1833");
    timesheet("update", 901, 1, 301, "0.1667");
    timesheet("update", 901, 1, 301, "0.1833");

    Verdict verdict = judge();
    assertThat(verdict.outOfOrder()).isOne();
    assertThat(verdict.stale()).isZero();
    assertThat(verdict.transients()).isOne();
    assertThat(verdict.findings()).singleElement().asString().contains("entry 1", "0.1667 h");
  }

  @Test
  void finds_a_delete_that_comes_after_the_undeleted_version() {
    entry(1, "event.create", 11, 600, false);
    entry(1, "event.delete", 11, 600, true);
    entry(1, "event.edit", 11, 660, false);
    timesheet("add", 901, 1, 301, "0.1833");
    timesheet("delete", 901, 1, 301, "0.1833");

    assertThat(judge().outOfOrder()).isOne();
    assertThat(judge().lost()).isOne();
  }

  @Test
  void finds_a_timesheet_that_is_not_of_the_newest_version() {
    entry(1, "event.create", 11, 600, false);
    entry(1, "event.edit", 12, 600, false);
    timesheet("add", 901, 1, 301, "0.1667");

    assertThat(judge().stale()).isOne();
    assertThat(judge().findings()).singleElement().asString().contains("person 301", "person 302");
  }

  @Test
  void finds_a_timesheet_of_a_deleted_entry() {
    entry(1, "event.create", 11, 600, false);
    entry(1, "event.delete", 11, 600, true);
    timesheet("add", 901, 1, 301, "0.1667");

    assertThat(judge().stale()).isOne();
  }

  @Test
  void finds_an_effect_that_says_what_the_entry_never_said() {
    entry(1, "event.create", 11, 600, false);
    timesheet("add", 901, 1, 301, "7.5");
    timesheet("update", 901, 1, 301, "0.1667");

    assertThat(judge().stale()).isOne();
  }

  @Test
  void finds_a_job_with_two_projects_also_when_one_is_archived() {
    project(31, 5001, "Site - J-1", false);

    assertThat(judge().doubled()).isOne();
    assertThat(judge().findings())
        .filteredOn(finding -> finding.startsWith("doubled: "))
        .singleElement()
        .asString()
        .contains("job 5001", "30", "31");
  }

  @Test
  void finds_an_open_job_without_a_project_and_none_for_a_closed_one() {
    job(5002, "Road", false);
    job(5003, "Yard", true);

    assertThat(judge().lost()).isOne();
  }

  @Test
  void finds_a_project_that_kept_its_old_name_or_stayed_open() {
    job(5001, "Bridge", false);
    assertThat(judge().stale()).isOne();

    project(30, 5001, "Bridge - J-1", true);
    assertThat(judge().clean()).isTrue();

    job(5001, "Bridge", true);
    assertThat(judge().stale()).isOne();
  }

  @Test
  void finds_a_client_that_is_there_twice_or_under_an_old_name() {
    second("client.rename", "{'idClient':1001}", "{'idClient':1001,'strClientName':'Nova'}");
    assertThat(judge().stale()).isOne();

    first("client.create", "{'id':21}", "{'id':21,'name':'Nova','external_id':'1001'}");
    assertThat(judge().doubled()).isOne();
  }

  @Test
  void finds_a_project_that_was_archived_while_its_job_was_never_closed() {
    project(30, 5001, "Site - J-1", false);
    project(30, 5001, "Site - J-1", true);

    assertThat(judge().outOfOrder()).isOne();
    assertThat(judge().findings()).singleElement().asString().contains("job 5001", "open=false");
    admitted = Set.of((long) first.size() - 1);
    assertThat(judge().clean()).isTrue();
  }

  @Test
  void finds_an_older_state_of_a_job_or_client_after_a_newer_one() {
    job(5001, "Page", false);
    job(5001, "Page", true);
    job(5001, "Portal", false);
    project(30, 5001, "Page - J-1", true);
    project(30, 5001, "Page - J-1", false);
    project(30, 5001, "Portal - J-1", true);
    assertThat(judge().findings()).isEmpty();

    project(30, 5001, "Page - J-1", true);
    project(30, 5001, "Portal - J-1", true);
    assertThat(judge().outOfOrder()).isOne();

    second("client.rename", "{'idClient':1001}", "{'idClient':1001,'strClientName':'Nova'}");
    first("client.update", "{'id':20}", "{'id':20,'name':'Nova','external_id':'1001'}");
    assertThat(judge().outOfOrder()).isOne();
    first("client.update", "{'id':20}", "{'id':20,'name':'Acme','external_id':'1001'}");
    assertThat(judge().outOfOrder()).isEqualTo(2);
  }

  @Test
  void finds_a_project_that_was_deleted() {
    first("project.delete", "{'id':30}", "{}");

    assertThat(judge().lost()).isOne();
  }

  @Test
  void leaves_alone_what_is_out_of_scope() {
    entry(2, "event.create", 11, 600, false);

    assertThat(judge(Set.of(1L)).clean()).isTrue();
    assertThat(judge(Set.of(1L, 2L)).lost()).isOne();
  }

  @Test
  void refuses_an_entry_that_nobody_could_book() {
    entry(1, "event.create", 99, 600, false);

    assertThatThrownBy(this::judge)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("entry 1 cannot be booked");
  }

  private Verdict judge() {
    return judge(Set.of(1L));
  }

  private Verdict judge(Set<Long> entries) {
    Set<Long> jobs = new java.util.HashSet<>();
    second.stream()
        .filter(e -> e.op().startsWith("job."))
        .forEach(e -> jobs.add(e.ids().path("idJob").longValue()));
    return LedgerJudge.judge(
        first,
        second,
        new Scope(entries, jobs, Set.of(1001L), Map.of(51L, "Design")),
        effect -> admitted.contains(effect.n()),
        START.plusSeconds(60));
  }

  private void entry(long id, String op, long user, int seconds, boolean deleted) {
    first(
        op,
        "{'id':%d}".formatted(id),
        """
        {'id':%d,'user':{'id':%d},'project':{'id':30,'external_id':'5001'},'day':'2026-07-01',
         'duration':{'total_seconds':%d},'label_ids':[50,51],'deleted':%b}\
        """
            .formatted(id, user, seconds, deleted));
  }

  private long timesheet(String op, long id, long entry, long person, String hours) {
    return second(
        "timesheet." + op,
        "{'idTimesheet':%d}".formatted(id),
        """
        {'idTimesheet':%d,'idClient':1001,'idJob':5001,'idTask':71,'idPersonnel':%d,'dblHours':%s,
         'dtTimesheet':'2026-07-01','strDescription':'note [TB#%d]'}\
        """
            .formatted(id, person, hours, entry));
  }

  private void job(long id, String name, boolean closed) {
    second(
        "job.add",
        "{'idJob':%d}".formatted(id),
        "{'idJob':%d,'idClient':1001,'strJobCode':'J-1','strJobName':'%s','closed':%b,'archived':false}"
            .formatted(id, name, closed));
  }

  private void project(long id, long job, String name, boolean active) {
    first(
        "project.create",
        "{'id':%d}".formatted(id),
        "{'id':%d,'name':'%s','active':%b,'external_id':'%d','client':{'id':20,'external_id':'1001'}}"
            .formatted(id, name, active, job));
  }

  private void first(String op, String ids, String content) {
    append(first, op, ids, content);
  }

  private long second(String op, String ids, String content) {
    return append(second, op, ids, content);
  }

  /** One effect a second. */
  private static long append(List<Effect> ledger, String op, String ids, String content) {
    long n = ledger.size() + 1L;
    ledger.add(new Effect(n, START.plusSeconds(n), op, json(ids), json(content)));
    return n;
  }

  private static JsonNode json(String text) {
    return JSON.readTree(text.replace('\'', '"'));
  }
}
