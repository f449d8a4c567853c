package io.timebridge.services.second;

import static io.timebridge.services.Fixtures.gate;
import static io.timebridge.services.Fixtures.trouble;
import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.services.Fixtures;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.StubServer;
import io.timebridge.services.StubServer.Reply;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.SecondService.Answer;
import io.timebridge.services.second.SecondService.Reason;
import io.timebridge.services.second.SecondService.Timesheet;
import io.timebridge.settings.Settings;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSecondServiceTest {
  private static final Timesheet TIMESHEET =
      new Timesheet(
          1001,
          5001,
          20001,
          301,
          new BigDecimal("1.2503"),
          LocalDate.of(2026, 7, 3),
          "O'Neil & \"Sons\"\nline two 🚀 =+% [tb:12345]");

  private final SecondStub stub = new SecondStub();
  private final Settings.SecondService settings =
      Fixtures.second(stub.uri(), 1, gate(Duration.ofSeconds(20)));
  private final HttpSecondService service = service(settings);

  @AfterEach
  void stop() {
    service.close();
    stub.close();
  }

  private static HttpSecondService service(Settings.SecondService settings) {
    return new HttpSecondService(
        settings, new ServiceGate("SecondService", settings.gate()), InstantSource.system());
  }

  @Test
  void logs_in_with_the_form_of_the_contract() throws Exception {
    service.delete(7);
    StubServer.Request login = stub.server().requests().getFirst();
    assertThat(login.method()).isEqualTo("POST");
    assertThat(login.path()).isEqualTo("/service/api/login/");
    assertThat(login.form())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "cmd", "org",
                "idOrg", "ağency & co",
                "strUsername", "tim bridge",
                "strPassword", "pass+word/ü"));
  }

  @Test
  void sends_the_session_in_cookies_that_hold_any_character() throws Exception {
    service.delete(7);
    assertThat(stub.server().requests().getLast().header("Cookie"))
        .isEqualTo("appID=s1; appOrganization=a%C4%9Fency%20&%20co; appUsername=tim%20bridge");
  }

  @Test
  void sends_a_timesheet_as_a_form_with_plain_hours() throws Exception {
    stub.onCall(StubServer.json("{\"idTimesheet\": 987}"));
    assertThat(service.add(TIMESHEET)).isEqualTo(new Answer.Done(987));
    StubServer.Request request = stub.server().requests().getLast();
    assertThat(request.path()).isEqualTo("/service/api/timesheet/");
    assertThat(request.query())
        .containsExactlyInAnyOrderEntriesOf(Map.of("i", "tim bridge", "cmd", "add"));
    assertThat(request.form())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "idClient", "1001",
                "idJob", "5001",
                "idTask", "20001",
                "idPersonnel", "301",
                "dblHours", "1.2503",
                "dtTimesheet", "2026-07-03",
                "strDescription", TIMESHEET.description()));
  }

  @Test
  void writes_hours_without_an_exponent() throws Exception {
    Timesheet tiny =
        new Timesheet(1, 2, 3, 4, new BigDecimal("1E-7"), LocalDate.of(2026, 7, 3), "");
    service.add(tiny);
    assertThat(stub.server().requests().getLast().form()).containsEntry("dblHours", "0.0000001");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"idTimesheet\":\"987\"}", "{\"idTimesheet\":987.0}"})
  void reads_an_id_that_arrives_in_another_form(String body) throws Exception {
    stub.onCall(StubServer.json(body));
    assertThat(service.update(987, TIMESHEET)).isEqualTo(new Answer.Done(987));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"idTimesheet\":null}",
        "{\"idTimesheet\":\"\"}",
        "{\"error\":null}",
        "{\"error\":\"\"}",
        "{\"error\":false}",
        "{\"error\":[]}",
        "{\"idTimesheet\":-1}"
      })
  void is_done_without_an_id_when_a_success_does_not_name_it(String body) throws Exception {
    stub.onCall(StubServer.json(body));
    assertThat(service.add(TIMESHEET)).isEqualTo(new Answer.Done(0));
  }

  @Test
  void reports_a_business_error_in_both_forms_as_a_refusal() throws Exception {
    stub.onCall(StubServer.json("{\"error\":\"closed job: 5001\"}"));
    assertThat(service.add(TIMESHEET))
        .isEqualTo(new Answer.Refused(Reason.CLOSED_JOB, "closed job: 5001"));
    stub.onCall(
        StubServer.json(
            "{\"error\":{\"code\":\"E17\",\"message\":\"Unknown Timesheet: 9\\u0000\\n\"}}"));
    assertThat(service.update(9, TIMESHEET))
        .isEqualTo(new Answer.Refused(Reason.UNKNOWN_TIMESHEET, "E17: Unknown Timesheet: 9"));
    assertThat(stub.logins()).isEqualTo(1);
  }

  @Test
  void bounds_the_message_of_a_refusal() throws Exception {
    stub.onCall(StubServer.json("{\"error\":\"" + "no ".repeat(50_000) + "\"}"));
    assertThat(service.delete(9))
        .isInstanceOfSatisfying(Answer.Refused.class, r -> assertThat(r.message()).hasSize(200));
  }

  static Stream<Reply> deadSessions() {
    return Stream.of(
        SecondStub.EXPIRED,
        StubServer.json("{\"error\":\"Session Expired\"}"),
        StubServer.json("{\"error\":\"SESSION_EXPIRED\"}"),
        StubServer.json("{\"error\":\"Your session has expired. Please log in.\"}"),
        StubServer.json("{\"error\":{\"code\":440,\"message\":\"session expired\"}}"),
        StubServer.json("{\"error\":{\"type\":\"SessionExpired\"}}"),
        StubServer.json("{\"error\":\"invalid session\"}"),
        StubServer.json(401, "{\"error\":\"no\"}"),
        StubServer.html(401, "<h1>Unauthorized</h1>"),
        StubServer.html(
            200,
            "\ufeff\n<!DOCTYPE html><html><form action=\"/service/api/login/\" method=\"post\">"
                + "<input name=\"strPassword\" type=\"password\"></form></html>"),
        StubServer.html(200, "<HTML><INPUT TYPE=PASSWORD NAME=x></HTML>"));
  }

  @ParameterizedTest
  @MethodSource("deadSessions")
  void logs_in_anew_and_repeats_a_changing_call_when_its_session_is_refused(Reply refusal)
      throws Exception {
    stub.onCall(StubServer.json("{\"idTimesheet\": 987}"));
    service.add(TIMESHEET);
    stub.endSessions();
    stub.refuseWith(refusal);
    assertThat(service.add(TIMESHEET)).isEqualTo(new Answer.Done(987));
    assertThat(stub.logins()).isEqualTo(2);
    assertThat(stub.calls()).isEqualTo(3);
    assertThat(stub.server().requests().getLast().form())
        .containsEntry("strDescription", TIMESHEET.description());
  }

  @ParameterizedTest
  @MethodSource("deadSessions")
  void is_not_done_when_the_new_session_is_refused_too(Reply refusal) throws Exception {
    service.delete(1);
    stub.onCall(refusal);
    ServiceTrouble trouble = trouble(() -> service.add(TIMESHEET));
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(trouble).hasMessage("SecondService timesheet add: its session was refused twice");
    assertThat(stub.calls()).isEqualTo(3);
  }

  static Stream<Reply> unreadable() {
    return Stream.of(
        StubServer.html(200, "<html><h1>Please wait</h1> to login again</html>"),
        StubServer.html(500, "<h1>Internal error</h1>"),
        StubServer.html(503, "<h1>Service unavailable</h1>"),
        StubServer.json(503, "{\"error\":\"too many requests\"}"),
        StubServer.json(500, "{\"error\":\"session expired\"}"),
        StubServer.json(404, "{\"error\":\"unknown timesheet\"}"),
        StubServer.json(""),
        StubServer.json("[]"),
        StubServer.json("\"ok\""),
        StubServer.json("{\"idTimesheet\":987"),
        StubServer.withHeader(302, "Location", "/login", ""),
        new Reply.Drop(),
        new Reply.Truncated("{\"idTimesheet\":987}"));
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void leaves_the_outcome_of_a_changing_call_unknown_and_sends_it_once(Reply reply)
      throws Exception {
    service.delete(1);
    stub.onCall(reply);
    ServiceTrouble trouble = trouble(() -> service.add(TIMESHEET));
    assertThat(trouble.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(trouble.getMessage()).hasSizeLessThan(300);
    assertThat(stub.calls()).isEqualTo(2);
  }

  @Test
  void is_not_done_for_the_statuses_that_the_settings_name() {
    Settings.SecondService trusting = Fixtures.second(stub.uri(), 1, Set.of(429, 503), gate());
    try (HttpSecondService other = service(trusting)) {
      stub.onCall(StubServer.withHeader(503, "Retry-After", "3", "busy"));
      ServiceTrouble trouble = trouble(() -> other.add(TIMESHEET));
      assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
      assertThat(trouble.retryAfter()).contains(Duration.ofSeconds(3));
    }
    stub.onCall(StubServer.withHeader(429, "Retry-After", "2", "<h1>slow down</h1>"));
    ServiceTrouble slower = trouble(() -> service.add(TIMESHEET));
    assertThat(slower.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(slower.retryAfter()).contains(Duration.ofSeconds(2));
  }

  @Test
  void does_not_take_429_for_not_done_when_the_settings_do_not() {
    try (HttpSecondService wary = service(Fixtures.second(stub.uri(), 1, Set.of(), gate()))) {
      stub.onCall(StubServer.json(429, "{}"));
      assertThat(trouble(() -> wary.add(TIMESHEET)).kind()).isEqualTo(Kind.UNKNOWN);
    }
  }

  @Test
  void sends_no_changing_call_once_it_is_too_late_but_still_reads() throws Exception {
    stub.onCall(r -> StubServer.json("{\"listTasks\":[{\"idTask\":1,\"strName\":\"Design\"}]}"));
    AtomicBoolean maySend = new AtomicBoolean(true);
    SecondService view = service.sendingOnlyWhile(maySend::get);
    view.delete(1);
    maySend.set(false);
    for (SecondService late :
        new SecondService[] {view, view.sendingOnlyWhile(() -> true), late(view)}) {
      ServiceTrouble trouble = trouble(() -> late.add(TIMESHEET));
      assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
      assertThat(trouble).hasMessageContaining("too late to send");
    }
    assertThat(view.tasks(1)).hasSize(1);
    assertThat(stub.server().count("timesheet/")).isEqualTo(1);
    service.delete(1);
  }

  private static SecondService late(SecondService view) {
    return view.sendingOnlyWhile(() -> false);
  }

  @Test
  void sends_nothing_when_it_gets_too_late_while_logging_in() throws Exception {
    CountDownLatch loginAsked = new CountDownLatch(1);
    CountDownLatch tooLate = new CountDownLatch(1);
    AtomicBoolean maySend = new AtomicBoolean(true);
    stub.onLogin(r -> {
      loginAsked.countDown();
      tooLate.await();
      return stub.loggedIn();
    });
    Thread clock =
        Thread.ofVirtual()
            .start(() -> {
              try {
                loginAsked.await();
                maySend.set(false);
                tooLate.countDown();
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              }
            });
    ServiceTrouble trouble = trouble(() -> service.sendingOnlyWhile(maySend::get).add(TIMESHEET));
    clock.join();
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(stub.calls()).isZero();
  }

  @Test
  void sends_nothing_the_second_time_when_it_gets_too_late_in_between() throws Exception {
    service.delete(1);
    AtomicBoolean maySend = new AtomicBoolean(true);
    stub.onCall(r -> {
      maySend.set(false);
      return SecondStub.EXPIRED;
    });
    ServiceTrouble trouble = trouble(() -> service.sendingOnlyWhile(maySend::get).add(TIMESHEET));
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(stub.calls()).isEqualTo(2);
  }

  @Test
  void shows_neither_password_nor_session_in_any_trouble() {
    stub.onLogin(r -> StubServer.json("{\"error\":\"bad password pass+word/ü for tim\"}"));
    assertThat(trouble(() -> service.delete(1)))
        .hasMessageNotContaining("pass+word/ü")
        .hasMessageContaining("second-service.organisation");
  }
}
