package io.timebridge.services.second;

import static io.timebridge.services.Fixtures.gate;
import static io.timebridge.services.Fixtures.trouble;
import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.services.Fixtures;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.StubServer;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.SecondService.Client;
import io.timebridge.services.second.SecondService.Job;
import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.services.second.SecondService.Task;
import io.timebridge.settings.Settings;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListingsTest {
  private static final LocalDate DAY = LocalDate.of(2026, 7, 3);

  private final SecondStub stub = new SecondStub();
  private final Settings.SecondService settings = Fixtures.second(stub.uri(), 1, gate());
  private final HttpSecondService service =
      new HttpSecondService(
          settings, new ServiceGate("SecondService", settings.gate()), InstantSource.system());

  @AfterEach
  void stop() {
    service.close();
    stub.close();
  }

  private void answer(String body) {
    stub.onCall(StubServer.json(body));
  }

  private void assertTrouble(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    ServiceTrouble trouble = trouble(call);
    assertThat(trouble).isNotNull();
    assertThat(trouble.kind()).isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void asks_as_the_contract_says() throws Exception {
    answer("{\"listTasks\":[]}");
    service.tasks(5001);
    assertThat(stub.server().requests().getLast().path()).isEqualTo("/service/api/Task/");
    assertThat(stub.server().requests().getLast().query())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("i", "tim bridge", "cmd", "list", "idJob", "5001"));
    answer("{\"listClients\":{\"data\":[]}}");
    service.clients();
    assertThat(stub.server().requests().getLast().query())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("o", "ağency & co", "i", "tim bridge", "cmd", "list", "boolArchived", "0"));
  }

  @Test
  void reads_tasks_by_header_wherever_the_columns_are() throws Exception {
    answer(
        "{\"listTasks\":{\"hdr\":{\"strCode\":0,\"strName\":\"1\",\"idTask\":2},"
            + "\"data\":[[null,\"O'Neil & \\\"Sons\\\"\\n🚀\",\"123\"],[\"x\",\"Design\",124]]}}");
    assertThat(service.tasks(1))
        .containsExactly(new Task(123, "O'Neil & \"Sons\"\n🚀"), new Task(124, "Design"));
  }

  @Test
  void reads_tasks_of_an_older_build() throws Exception {
    answer("{\"listTasks\":[{\"idTask\":\"1\",\"strName\":\"A\"},{\"idTask\":2,\"strName\":7}]}");
    assertThat(service.tasks(1)).containsExactly(new Task(1, "A"), new Task(2, "7"));
  }

  @Test
  void finds_no_tasks_for_a_job_that_does_not_exist() throws Exception {
    answer("{\"error\":\"unknown job: 1\"}");
    assertThat(service.tasks(1)).isEmpty();
    answer("{\"error\":\"database is busy\"}");
    assertThat(trouble(() -> service.tasks(1)))
        .hasMessage("SecondService tasks: refused: database is busy");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"listTasks\":null}",
        "{\"listTasks\":{}}",
        "{\"listTasks\":{\"data\":[]}}",
        "{\"listTasks\":{\"hdr\":{\"idTask\":0},\"data\":[]}}",
        "{\"listTasks\":{\"hdr\":{\"idTask\":0,\"strName\":1}}}",
        "{\"listTasks\":{\"hdr\":{\"idTask\":0,\"strName\":1},\"data\":{}}}",
        "{\"listTasks\":{\"hdr\":{\"idTask\":0,\"strName\":1},\"data\":[[1]]}}",
        "{\"listTasks\":{\"hdr\":{\"idTask\":0,\"strName\":1},\"data\":[[1,\"a\",2]]}}",
        "{\"listTasks\":{\"hdr\":{\"idTask\":0,\"strName\":1},\"data\":[{\"idTask\":1}]}}",
        "{\"listTasks\":{\"hdr\":{\"idTask\":0,\"strName\":0},\"data\":[]}}",
        "{\"listTasks\":{\"hdr\":{\"idTask\":-1,\"strName\":0},\"data\":[]}}",
        "{\"listTasks\":{\"hdr\":{\"idTask\":\"x\",\"strName\":0},\"data\":[]}}",
        "{\"listTasks\":{\"hdr\":{\"idTask\":2000000000,\"strName\":0},\"data\":[]}}",
        "{\"listTasks\":{\"hdr\":{\"idTask\":0,\"strName\":1},\"data\":[[\"x\",\"a\"]]}}",
        "{\"listTasks\":{\"hdr\":{\"idTask\":0,\"strName\":1},\"data\":[[0,\"a\"]]}}",
        "{\"listTasks\":{\"hdr\":{\"idTask\":0,\"strName\":1},\"data\":[[1,[\"a\"]]]}}",
        "{\"listTasks\":[{\"strName\":\"a\"}]}",
        "{\"listTasks\":[{\"idTask\":1}]}",
        "{\"listTasks\":[7]}",
        "[]",
        "{\"listTasks\":{\"hdr\":{\"idTask\":0,\"strName\":1},\"data\":[[1,\"a\"],",
        "<html>busy</html>"
      })
  void takes_no_other_shape_for_a_listing(String body) {
    answer(body);
    assertTrouble(() -> service.tasks(1));
  }

  @Test
  void reads_open_jobs_by_header() throws Exception {
    answer(
        "{\"listJobs\":{\"hdr\":{\"strManager\":6,\"idJob\":5,\"idClient\":4,\"strClientCode\":3,"
            + "\"strClientName\":2,\"strJobCode\":1,\"strJobName\":0},\"data\":["
            + "[\"Site\",\"WEB-1\",\"Acme\",\"ACM\",\"1001\",5001,null]]}}");
    assertThat(service.openJobs())
        .containsExactly(new Job(5001, "WEB-1", "Site", 1001, "ACM", "Acme"));
  }

  @Test
  void does_not_take_an_empty_array_for_no_open_jobs() {
    answer("{\"listJobs\":[]}");
    assertTrouble(service::openJobs);
    answer("{\"listClients\":[]}");
    assertTrouble(service::clients);
  }

  @Test
  void reads_clients_by_position_or_by_header() throws Exception {
    answer("{\"listClients\":{\"data\":[[1,\"ACM\",\"Acme\"],[\"2\",7,null]]}}");
    assertThat(service.clients())
        .containsExactly(new Client(1, "ACM", "Acme"), new Client(2, "7", ""));
    answer(
        "{\"listClients\":{\"hdr\":{\"strClientName\":0,\"strClientCode\":1,\"idClient\":2},"
            + "\"data\":[[\"Acme\",\"ACM\",1]]}}");
    assertThat(service.clients()).containsExactly(new Client(1, "ACM", "Acme"));
    answer("{\"listClients\":{\"data\":[[1,\"ACM\"]]}}");
    assertTrouble(service::clients);
  }

  private static final String REPORT_HEADER =
      "{\"hdr\":{\"Description\":0,\"Timesheet ID\":1,\"Personnel ID\":2,\"Job ID\":3,"
          + "\"Task ID\":4,\"Date\":5,\"Hours\":6,\"Invoiced\":7},\"data\":[";

  @Test
  void reads_the_timesheet_report() throws Exception {
    answer(
        "{\"results\":["
            + REPORT_HEADER
            + "[\"note\\n🚀 [tb:1]\",\"987\",301,5001,20001,\"2026-07-03\",\"1.2503\",null],"
            + "[null,988,\"301\",5001,null,\"2026-07-03T00:00:00\",2,false]]}]}");
    assertThat(service.timesheets(301, DAY.minusDays(1), DAY.plusDays(1)))
        .containsExactly(
            new ReportedTimesheet(
                987, 301, 5001, 20001, DAY, new BigDecimal("1.2503"), "note\n🚀 [tb:1]"),
            new ReportedTimesheet(988, 301, 5001, 0, DAY, new BigDecimal("2"), ""));
    assertThat(stub.server().requests().getLast().query())
        .containsEntry("gidReport", "TimesheetListCustomizable")
        .containsEntry("idPersonnel", "301")
        .containsEntry("dtFromTimesheet", "2026-07-02")
        .containsEntry("dtToTimesheet", "2026-07-04");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"results\":[]}",
        "{\"results\":{}}",
        "{}",
        "{\"results\":[{\"hdr\":{},\"data\":[]}]}",
        "{\"results\":[" + REPORT_HEADER + "]}," + REPORT_HEADER + "]}]}",
        "{\"results\":[" + REPORT_HEADER + "[\"\",0,1,1,1,\"2026-07-03\",1,0]]}]}",
        "{\"results\":[" + REPORT_HEADER + "[\"\",1,1,1,1,\"2026-02-30\",1,0]]}]}",
        "{\"results\":[" + REPORT_HEADER + "[\"\",1,1,1,1,\"03.07.2026\",1,0]]}]}",
        "{\"results\":[" + REPORT_HEADER + "[\"\",1,1,1,1,\"2026-07-03\",\"a lot\",0]]}]}",
        "{\"results\":[" + REPORT_HEADER + "[\"\",1,\"?\",1,1,\"2026-07-03\",1,0]]}]}"
      })
  void takes_no_incomplete_report_for_a_complete_one(String body) {
    answer(body);
    assertTrouble(() -> service.timesheets(301, DAY, DAY));
  }

  @Test
  void reads_an_empty_report() throws Exception {
    answer("{\"results\":[" + REPORT_HEADER + "]}]}");
    assertThat(service.timesheets(301, DAY, DAY)).isEmpty();
  }
}
