package io.timebridge.local.sim.second;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.sim.Http;
import io.timebridge.local.sim.SimControl.Effect;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The faults, proven on SecondService; the engine is the same in both simulators. */
class FaultsTest {
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
  void a_dropped_response_leaves_the_effect_and_no_answer() throws Exception {
    fault("\"action\":\"drop-response\",\"match\":\"timesheet/.*cmd=add\",\"count\":1");

    assertThatThrownBy(() -> office.timesheet("add", office.sheet()))
        .isInstanceOf(IOException.class);

    assertThat(office.timesheets()).isEqualTo(1);
    office.add(office.sheet());
    assertThat(office.timesheets()).isEqualTo(2);
  }

  @Test
  void a_late_call_takes_effect_after_later_ones_even_when_its_session_has_ended()
      throws Exception {
    fault("\"action\":\"late\",\"count\":1,\"millis\":1500");

    assertThatThrownBy(() -> office.timesheet("add", office.sheet("strDescription", "late")))
        .isInstanceOf(IOException.class);
    assertThat(office.control.state().path("latePending").intValue()).isEqualTo(1);
    office.add(office.sheet("strDescription", "prompt"));
    fault("\"action\":\"expire-session\",\"count\":1");
    office.list("Task/?i=timebridge&cmd=list&idJob=" + office.job);
    assertThat(office.control.state().path("sessions").intValue()).isZero();

    await().until(() -> office.control.state().path("latePending").intValue() == 0);
    assertThat(office.control.ledger(6))
        .extracting(Effect::content)
        .extracting(content -> content.path("strDescription").asString())
        .containsExactly("prompt", "late");
  }

  @Test
  void a_late_call_obeys_the_rules_of_the_moment_it_lands() throws Exception {
    fault("\"action\":\"late\",\"count\":1,\"millis\":1000");
    assertThatThrownBy(() -> office.timesheet("add", office.sheet()))
        .isInstanceOf(IOException.class);
    office.job("close");

    await().until(() -> office.control.state().path("latePending").intValue() == 0);
    assertThat(office.timesheets()).isZero();
  }

  @Test
  void a_late_call_without_a_session_never_happens() {
    office.as("dead");
    fault("\"action\":\"late\",\"count\":1,\"millis\":1");
    assertThatThrownBy(() -> office.timesheet("add", office.sheet()))
        .isInstanceOf(IOException.class);
    assertThat(office.control.state().path("latePending").intValue()).isZero();
    assertThat(office.timesheets()).isZero();
  }

  @Test
  void a_late_effect_still_to_come_dies_with_the_server() throws Exception {
    fault("\"action\":\"late\",\"count\":1,\"millis\":600000");
    assertThatThrownBy(() -> office.timesheet("add", office.sheet()))
        .isInstanceOf(IOException.class);
    assertThat(office.control.state().path("latePending").intValue()).isEqualTo(1);
    office.close();
    assertThatThrownBy(() -> office.timesheets()).isInstanceOf(RuntimeException.class);
    start();
  }

  @Test
  void a_status_fault_answers_it_with_retry_after_and_has_no_effect() throws Exception {
    fault("\"action\":\"status\",\"status\":429,\"retryAfter\":\"2\",\"count\":1");
    fault("\"action\":\"status\",\"count\":1");

    HttpResponse<String> first = office.timesheet("add", office.sheet());
    HttpResponse<String> second = office.timesheet("add", office.sheet());

    assertThat(first.statusCode()).isEqualTo(429);
    assertThat(first.headers().firstValue("Retry-After")).hasValue("2");
    assertThat(second.statusCode()).isEqualTo(503);
    assertThat(second.headers().firstValue("Retry-After")).isEmpty();
    assertThat(office.timesheets()).isZero();
  }

  @Test
  void an_html_fault_is_an_error_page_and_has_no_effect() throws Exception {
    fault("\"action\":\"html\",\"count\":1");
    fault("\"action\":\"html\",\"status\":200,\"count\":1");

    HttpResponse<String> first = office.timesheet("add", office.sheet());
    HttpResponse<String> second = office.timesheet("add", office.sheet());

    assertThat(first.statusCode()).isEqualTo(502);
    assertThat(first.body()).startsWith("<!DOCTYPE html>");
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(second.body()).startsWith("<!DOCTYPE html>");
    assertThat(office.timesheets()).isZero();
  }

  @Test
  void a_truncated_answer_leaves_the_effect_and_less_than_was_promised() {
    fault("\"action\":\"truncate\",\"count\":1");

    assertThatThrownBy(() -> office.timesheet("add", office.sheet()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bytes");

    assertThat(office.timesheets()).isEqualTo(1);
  }

  @Test
  void a_reset_has_no_effect() {
    fault("\"action\":\"reset\",\"count\":1");
    assertThatThrownBy(() -> office.timesheet("add", office.sheet()))
        .isInstanceOf(IOException.class);
    assertThat(office.timesheets()).isZero();
  }

  @Test
  void an_expired_session_has_no_effect_and_stays_dead() throws Exception {
    fault("\"action\":\"expire-session\",\"count\":1");

    assertThat(office.timesheet("add", office.sheet()).body()).contains("session expired");
    assertThat(office.timesheet("add", office.sheet()).statusCode()).isEqualTo(401);
    assertThat(office.timesheets()).isZero();
    office.login();
    office.add(office.sheet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "job/?o=acme-org&i=timebridge&cmd=list&boolArchived=0&boolClosed=0",
        "client/?o=acme-org&i=timebridge&cmd=list&boolArchived=0",
        "reports/?o=acme-org&i=timebridge&cmd=run&gidReport=JobListCustomizable",
        "reports/?o=acme-org&i=timebridge&cmd=run&gidReport=TimesheetListCustomizable"
      })
  void an_empty_list_is_well_formed_and_has_no_rows(String list) throws Exception {
    office.add(office.sheet());
    String full = office.list(list).body();
    fault("\"action\":\"empty-list\",\"count\":1");

    assertThat(full).doesNotContain("\"data\":[]");
    String empty = office.list(list).body();
    assertThat(empty).contains("\"data\":[]");
    assertThat(empty).isEqualTo(full.replaceAll("\"data\":\\[\\[.*\\]\\]", "\"data\":[]"));
    assertThat(office.list(list).body()).isEqualTo(full);
  }

  @Test
  void a_list_comes_by_half_doubled_with_moved_columns_or_with_texts_for_numbers()
      throws Exception {
    String list = "client/?o=acme-org&i=timebridge&cmd=list&boolArchived=0";
    JsonNode whole = Http.json(office.list(list)).path("listClients").path("data");
    fault("\"action\":\"doubled-rows\",\"count\":1");
    JsonNode doubled = Http.json(office.list(list)).path("listClients").path("data");
    assertThat(doubled).hasSize(2 * whole.size());
    assertThat(doubled.get(0)).isEqualTo(doubled.get(1)).isEqualTo(whole.get(0));
    fault("\"action\":\"half-list\",\"count\":1");
    assertThat(Http.json(office.list(list)).path("listClients").path("data"))
        .hasSize(whole.size() / 2);
    fault("\"action\":\"text-numbers\",\"count\":1");
    JsonNode texts = Http.json(office.list(list)).path("listClients").path("data");
    assertThat(texts.get(0).get(0).isString()).isTrue();
    assertThat(texts.get(0).get(0).asString()).isEqualTo(whole.get(0).get(0).asString());

    String jobs = "job/?o=acme-org&i=timebridge&cmd=list&boolArchived=0&boolClosed=0";
    JsonNode usual = Http.json(office.list(jobs)).path("listJobs");
    fault("\"action\":\"moved-columns\",\"count\":1");
    JsonNode moved = Http.json(office.list(jobs)).path("listJobs");
    int last = usual.path("hdr").size() - 1;
    assertThat(moved.path("hdr").path("idJob").asInt())
        .isEqualTo(last - usual.path("hdr").path("idJob").asInt());
    assertThat(moved.path("data").get(0).get(moved.path("hdr").path("idJob").asInt()))
        .isEqualTo(usual.path("data").get(0).get(usual.path("hdr").path("idJob").asInt()));
  }

  @Test
  void a_list_comes_without_its_header_or_without_one_of_its_columns() throws Exception {
    String jobs = "job/?o=acme-org&i=timebridge&cmd=list&boolArchived=0&boolClosed=0";
    JsonNode usual = Http.json(office.list(jobs)).path("listJobs");
    fault("\"action\":\"no-header\",\"count\":1");
    JsonNode headless = Http.json(office.list(jobs)).path("listJobs");
    assertThat(headless.has("hdr")).isFalse();
    assertThat(headless.path("data")).isEqualTo(usual.path("data"));
    fault("\"action\":\"lost-column\",\"count\":1");
    JsonNode narrow = Http.json(office.list(jobs)).path("listJobs");
    assertThat(usual.path("hdr").has("strJobName")).isTrue();
    assertThat(narrow.path("hdr").has("strJobName")).isFalse();
    assertThat(narrow.path("data").get(0)).hasSize(usual.path("data").get(0).size() - 1);

    String clients = "client/?o=acme-org&i=timebridge&cmd=list&boolArchived=0";
    fault("\"action\":\"lost-column\",\"count\":1");
    JsonNode rows = Http.json(office.list(clients)).path("listClients").path("data");
    assertThat(rows.get(0)).hasSize(2);
  }

  @Test
  void a_delay_comes_before_the_effect_and_goes_together_with_the_next_fault() throws Exception {
    fault("\"action\":\"delay\",\"millis\":1500,\"count\":1");
    fault("\"action\":\"drop-response\",\"count\":1");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var slow = threads.submit(() -> office.timesheet("add", office.sheet()));
      await().until(() -> fired(1) == 1);
      assertThat(office.timesheets()).isZero();
      assertThatThrownBy(slow::get).hasCauseInstanceOf(IOException.class);
    }
    assertThat(fired(0)).isEqualTo(1);
    assertThat(office.timesheets()).isEqualTo(1);
  }

  @Test
  void faults_fire_as_often_as_told_where_they_match_and_the_first_one_wins() throws Exception {
    fault("\"action\":\"status\",\"status\":501,\"match\":\"cmd=add\",\"count\":2");
    fault("\"action\":\"status\",\"status\":500,\"match\":\"POST /service/api/timesheet/\"");
    List<Integer> statuses = new ArrayList<>();
    for (String cmd : List.of("add", "delete", "add", "add")) {
      statuses.add(office.timesheet(cmd, office.sheet()).statusCode());
    }
    assertThat(statuses).containsExactly(501, 500, 501, 500);
    assertThat(fired(0)).isEqualTo(2);
    assertThat(fired(1)).isEqualTo(2);
    office.control.clearFaults();
    assertThat(office.control.faults().isEmpty()).isTrue();
    office.add(office.sheet());
  }

  @Test
  void the_same_seed_draws_the_same_and_another_seed_another() throws Exception {
    List<Integer> first = draws(7);
    assertThat(draws(7)).isEqualTo(first);
    assertThat(draws(8)).isNotEqualTo(first);
    assertThat(new HashSet<>(first)).containsExactlyInAnyOrder(200, 503);
  }

  private List<Integer> draws(long seed) throws Exception {
    office.control.clearFaults();
    fault("\"action\":\"status\",\"probability\":0.5,\"seed\":" + seed);
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      statuses.add(office.timesheet("delete", Map.of()).statusCode());
    }
    return statuses;
  }

  @Test
  void a_pause_closes_every_connection_but_the_control_api_until_it_ends() throws Exception {
    office.control.pause(true);
    assertThatThrownBy(() -> office.timesheet("add", office.sheet()))
        .isInstanceOf(IOException.class);
    assertThat(office.timesheets()).isZero();
    office.control.pause(false);
    office.add(office.sheet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"action\":\"explode\"}",
        "{\"match\":\".*\"}",
        "{\"action\":\"reset\",\"match\":\"(\"}",
        "{\"action\":\"reset\",\"probability\":1.5}",
        "{\"action\":\"delay\",\"millis\":-1}",
        "{\"action\":\"status\",\"status\":42}",
        "[{\"action\":\"reset\"},{\"action\":\"nonsense\"}]",
        "7"
      })
  void a_fault_that_makes_no_sense_is_refused_whole(String body) {
    assertThatThrownBy(() -> office.control.faults(body)).hasMessageContaining("400");
    assertThat(office.control.faults().isEmpty()).isTrue();
  }

  @Test
  void too_many_calls_at_a_time_get_429_and_503_as_json_and_html_and_no_effect() throws Exception {
    office.close();
    office = Office.open(Office.plain().withMaxConcurrent(1));
    fault("\"action\":\"delay\",\"match\":\"Task/\",\"millis\":2000,\"count\":1");
    Set<String> forms = new HashSet<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var slow =
          threads.submit(() -> office.list("Task/?i=timebridge&cmd=list&idJob=" + office.job));
      await()
          .pollInterval(Duration.ofMillis(10))
          .until(() -> {
            HttpResponse<String> answer = office.timesheet("delete", Map.of());
            if (answer.statusCode() != 200) {
              forms.add(answer.statusCode() + " " + answer.body().charAt(0));
            }
            return forms.size() == 4;
          });
      assertThat(slow.get().body()).contains("listTasks");
    }
    assertThat(forms).containsExactlyInAnyOrder("429 {", "503 {", "429 <", "503 <");
    office.add(office.sheet());
  }

  @Test
  void one_call_after_another_never_counts_as_two_at_a_time() throws Exception {
    office.close();
    office = Office.open(Office.plain().withMaxConcurrent(1));
    for (int i = 0; i < 200; i++) {
      assertThat(office.timesheet("delete", Map.of()).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void a_body_over_one_mebibyte_is_refused() throws Exception {
    HttpResponse<String> answer =
        office.timesheet("add", office.sheet("strDescription", "x".repeat(1 << 20)));
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(office.timesheets()).isZero();
  }

  @Test
  void a_query_that_cannot_be_decoded_is_a_bad_request() throws Exception {
    HttpResponse<String> answer =
        office.http.send(
            "POST", "/service/api/timesheet/?i=timebridge&cmd=add", "idJob=%zz", office.headers());
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(office.timesheets()).isZero();
  }

  private void fault(String fields) {
    office.control.faults("{" + fields + "}");
  }

  private int fired(int index) {
    return office.control.faults().path(index).path("fired").intValue();
  }
}
