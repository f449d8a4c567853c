package io.timebridge.local.sim.second;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.sim.HandClock;
import io.timebridge.local.sim.Http;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionsTest {
  private static final String JOBS = "job/" + Office.QUERY + "list&boolArchived=0&boolClosed=0";

  private final HandClock clock = new HandClock();

  @Test
  void a_dead_session_shows_in_three_forms_in_turn() throws Exception {
    try (Office office = Office.open()) {
      office.as("no-such-session");
      HttpResponse<String> first = office.timesheet("add", office.sheet());
      HttpResponse<String> second = office.list(JOBS);
      HttpResponse<String> third = office.timesheet("add", office.sheet());
      HttpResponse<String> fourth = office.list(JOBS);

      assertThat(first.statusCode()).isEqualTo(200);
      assertThat(first.body()).isEqualTo("{\"error\":\"session expired\"}");
      assertThat(second.statusCode()).isEqualTo(401);
      assertThat(third.statusCode()).isEqualTo(200);
      assertThat(third.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
      assertThat(third.body()).contains("<form");
      assertThat(fourth.body()).isEqualTo(first.body());
      assertThat(office.timesheets()).isZero();
    }
  }

  @Test
  void a_session_ends_after_its_life_however_much_it_is_used() throws Exception {
    try (Office office =
        Office.open(Office.plain().withClock(clock).withSessionLife(Duration.ofMinutes(10)))) {
      clock.forward(Duration.ofMinutes(9));
      assertThat(alive(office)).isTrue();
      clock.forward(Duration.ofSeconds(59));
      assertThat(alive(office)).isTrue();
      assertThat(office.control.state().path("sessions").intValue()).isEqualTo(1);
      clock.forward(Duration.ofSeconds(1));
      assertThat(alive(office)).isFalse();
      assertThat(office.control.state().path("sessions").intValue()).isZero();
      office.login();
      assertThat(alive(office)).isTrue();
    }
  }

  @Test
  void one_login_too_many_ends_the_oldest_session_only() throws Exception {
    try (Office office = Office.open(Office.plain().withMaxSessionsPerUser(2))) {
      String second = office.login();
      String third = office.login();
      List<String> all = new ArrayList<>(List.of(second, third));
      for (String appId : all) {
        office.as(appId);
        assertThat(alive(office)).isTrue();
      }
      office.login();
      office.as(second);
      assertThat(alive(office)).isFalse();
      office.as(third);
      assertThat(alive(office)).isTrue();
    }
  }

  @Test
  void too_many_logins_are_refused_until_the_minute_has_passed() throws Exception {
    try (Office office = Office.open(Office.plain().withClock(clock).withLoginsPerMinute(3))) {
      clock.forward(Duration.ofSeconds(30));
      office.login();
      office.login();
      HttpResponse<String> refused = office.tryLogin("second-secret");
      assertThat(refused.statusCode()).isEqualTo(200);
      assertThat(refused.body()).isEqualTo("{\"error\":\"too many logins\"}");
      assertThat(alive(office)).isTrue();
      clock.forward(Duration.ofSeconds(30));
      office.login();
      assertThat(office.tryLogin("second-secret").body()).contains("too many logins");
      assertThat(office.ops()).filteredOn("login"::equals).hasSize(4);
    }
  }

  @Test
  void another_password_ends_every_session_and_is_the_right_one_from_then_on() throws Exception {
    try (Office office = Office.open()) {
      office.control.post("/__sim/account", "{\"password\":\"changed\"}");
      assertThat(office.control.state().path("sessions").asInt()).isZero();
      assertThat(office.tryLogin("second-secret").body()).contains("invalid login");
      assertThat(office.tryLogin("changed").body()).contains("appID");
    }
  }

  @Test
  void a_wrong_password_opens_nothing() throws Exception {
    try (Office office = Office.open()) {
      HttpResponse<String> answer = office.tryLogin("wrong");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(Http.json(answer).path("error").asString()).isEqualTo("invalid login");
      assertThat(office.ops()).filteredOn("login"::equals).hasSize(1);
    }
  }

  @Test
  void all_three_cookies_are_needed() throws Exception {
    try (Office office = Office.open()) {
      String full = office.cookies();
      for (String missing : List.of("appID", "appOrganization", "appUsername")) {
        HttpResponse<String> answer =
            office.http.get(
                "/service/api/" + JOBS, Map.of("Cookie", full.replace(missing + "=", "other=")));
        assertThat(answer.body()).as(missing).doesNotContain("listJobs");
      }
      assertThat(office.http.get("/service/api/" + JOBS, Map.of("Cookie", full)).body())
          .contains("listJobs");
    }
  }

  @Test
  void user_and_organization_in_the_query_must_be_those_of_the_session() throws Exception {
    try (Office office = Office.open()) {
      assertThat(office.list("Task/?i=other&cmd=list&idJob=" + office.job).body())
          .contains("wrong user");
      assertThat(office.list("job/?o=other&i=timebridge&cmd=list").body())
          .contains("wrong organization");
    }
  }

  private static boolean alive(Office office) throws Exception {
    return office.list(JOBS).body().contains("listJobs");
  }
}
