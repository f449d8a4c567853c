package io.timebridge.local.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.sim.SimControl.Effect;
import io.timebridge.local.traffic.JobChanges.Kind;
import io.timebridge.local.traffic.JobChanges.Report;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Ledgers written by hand, seconds from the beginning. */
class JobChangesTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Instant BEGIN = Instant.parse("2026-07-03T10:00:00Z");

  private final List<Effect> first = new ArrayList<>();
  private final List<Effect> second = new ArrayList<>();
  private long before;

  @BeforeEach
  void one_open_job_that_both_have() {
    client(0, 3, "C", "Acme");
    client(0, 4, "X", "Inside");
    job(0, 7, 3, "J", "Site", false);
    project(1, 7, 3, "Site - J", true);
    before = 3;
  }

  private void client(int at, long id, String code, String name) {
    effect(
        second,
        at,
        "client.add",
        "{'idClient':%d}".formatted(id),
        "{'idClient':%d,'strClientCode':'%s','strClientName':'%s'}".formatted(id, code, name));
  }

  private void job(int at, long id, long client, String code, String name, boolean closed) {
    effect(
        second,
        at,
        "job.change",
        "{'idJob':%d}".formatted(id),
        "{'idJob':%d,'idClient':%d,'strJobCode':'%s','strJobName':'%s','closed':%s,'archived':false}"
            .formatted(id, client, code, name, closed));
  }

  private void firstClient(int at, long external, String name) {
    effect(
        first,
        at,
        "client.update",
        "{'id':1}",
        "{'id':1,'external_id':'%d','name':'%s'}".formatted(external, name));
  }

  private void project(int at, long external, long client, String name, boolean active) {
    effect(
        first,
        at,
        "project.update",
        "{'id':9}",
        "{'id':9,'external_id':'%d','name':'%s','active':%s,'client':{'id':1,'external_id':'%d'}}"
            .formatted(external, name, active, client));
  }

  private static void effect(List<Effect> ledger, int at, String op, String ids, String content) {
    ledger.add(
        new Effect(
            ledger.size() + 1,
            BEGIN.plusSeconds(at),
            op,
            JSON.readTree(ids.replace('\'', '"')),
            JSON.readTree(content.replace('\'', '"'))));
  }

  private Report judge() {
    return JobChanges.judge(first, second, before, Set.of("X"));
  }

  private List<Long> seconds(Report report, Kind kind) {
    JobChanges.Arrivals arrivals = report.byKind().get(kind);
    assertThat(arrivals).as(kind.text()).isNotNull();
    return arrivals.took().stream().map(Duration::toSeconds).toList();
  }

  @Test
  void tells_every_kind_of_change_and_how_long_it_took() {
    job(10, 7, 3, "J", "Bridge", false);
    project(11, 7, 3, "Bridge - J", true);
    job(20, 7, 3, "J2", "Bridge", false);
    project(22, 7, 3, "Bridge - J2", true);
    client(30, 5, "N", "New");
    job(31, 8, 5, "N-1", "First", false);
    firstClient(33, 5, "New");
    project(34, 8, 5, "First - N-1", true);
    job(40, 7, 5, "J2", "Bridge", false);
    project(44, 7, 5, "Bridge - J2", true);
    job(50, 7, 5, "J2", "Bridge", true);
    project(55, 7, 5, "Bridge - J2", false);
    job(60, 7, 5, "J2", "Bridge", false);
    project(66, 7, 5, "Bridge - J2", true);
    client(70, 5, "N", "Newer");
    firstClient(77, 5, "Newer");

    Report report = judge();

    assertThat(report.isRight()).as(report.examples().toString()).isTrue();
    assertThat(report.byKind()).containsOnlyKeys(Kind.values());
    assertThat(seconds(report, Kind.RENAMED)).containsExactly(1L);
    assertThat(seconds(report, Kind.RECODED)).containsExactly(2L);
    assertThat(seconds(report, Kind.NEW_CLIENT)).containsExactly(3L);
    assertThat(seconds(report, Kind.NEW_JOB)).containsExactly(3L);
    assertThat(seconds(report, Kind.MOVED)).containsExactly(4L);
    assertThat(seconds(report, Kind.CLOSED)).containsExactly(5L);
    assertThat(seconds(report, Kind.REOPENED)).containsExactly(6L);
    assertThat(seconds(report, Kind.RENAMED_CLIENT)).containsExactly(7L);
  }

  @Test
  void a_change_that_a_later_one_overtook_arrives_with_that_one() {
    job(10, 7, 3, "J", "One", false);
    job(11, 7, 3, "J", "Two", false);
    project(13, 7, 3, "Two - J", true);

    assertThat(seconds(judge(), Kind.RENAMED)).containsExactly(2L, 3L);
  }

  @Test
  void finds_a_change_that_never_arrives() {
    job(10, 7, 3, "J", "Bridge", false);
    project(11, 7, 3, "Bridge", true);

    Report report = judge();

    assertThat(report.isRight()).isFalse();
    assertThat(report.byKind().get(Kind.RENAMED)).isEqualTo(new JobChanges.Arrivals(1, List.of()));
    assertThat(report.examples()).singleElement().asString().contains("job 7", "has not arrived");
  }

  @Test
  void finds_a_project_that_was_archived_for_a_moment_while_its_job_was_open() {
    project(10, 7, 3, "Site - J", false);
    project(11, 7, 3, "Site - J", true);

    Report report = judge();

    assertThat(report.archivedWhileOpen()).isEqualTo(1);
    assertThat(report.isRight()).isFalse();
    assertThat(report.examples()).singleElement().asString().contains("job 7", "was open");
  }

  @Test
  void one_closing_explains_one_archiving_even_when_the_job_is_open_again_and_no_second_one() {
    job(10, 7, 3, "J", "Site", true);
    job(11, 7, 3, "J", "Site", false);
    project(12, 7, 3, "Site - J", false);
    project(13, 7, 3, "Site - J", true);
    assertThat(judge().isRight()).as(judge().examples().toString()).isTrue();

    project(14, 7, 3, "Site - J", false);
    project(15, 7, 3, "Site - J", true);
    assertThat(judge().archivedWhileOpen()).isEqualTo(1);
  }

  @Test
  void an_archiving_before_the_closing_is_not_explained_by_it() {
    project(9, 7, 3, "Site - J", false);
    job(10, 7, 3, "J", "Site", true);

    assertThat(judge().archivedWhileOpen()).isEqualTo(1);
  }

  @Test
  void excluded_clients_and_what_was_before_are_left_out() {
    job(10, 8, 4, "X-1", "Secret", false);

    Report report = judge();

    assertThat(report.byKind()).isEmpty();
    assertThat(report.isRight()).isTrue();
  }
}
