package io.timebridge.services.second;

import static io.timebridge.services.Fixtures.gate;
import static io.timebridge.services.Fixtures.together;
import static io.timebridge.services.Fixtures.trouble;
import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.services.Fixtures;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.StubServer;
import io.timebridge.services.StubServer.Reply;
import io.timebridge.services.gate.Allowance;
import io.timebridge.services.gate.CallWatch;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.SecondService.Answer;
import io.timebridge.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins: how many, when, and what comes of those that fail. */
class SessionsTest {
  private static final Answer DONE = new Answer.Done(0);

  private final SecondStub stub = new SecondStub();
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-07-03T10:00:00Z"));
  private final List<HttpSecondService> services = new ArrayList<>();
  private final List<CallWatch.End> ends = new ArrayList<>();

  @AfterEach
  void stop() {
    services.forEach(HttpSecondService::close);
    stub.close();
  }

  private HttpSecondService service(int sessions, Settings.Gate limits) {
    InstantSource clock = now::get;
    ServiceGate gate = new ServiceGate("SecondService", limits);
    gate.watch(what -> (end, nanos) -> ends.add(end));
    HttpSecondService service =
        new HttpSecondService(
            Fixtures.second(stub.uri(), sessions, limits), gate, clock, new Random(42));
    services.add(service);
    return service;
  }

  private void pass(Duration d) {
    now.updateAndGet(t -> t.plus(d));
  }

  @Test
  void logs_in_once_for_many_callers_of_an_expired_session() throws Exception {
    HttpSecondService service = service(1, gate());
    service.delete(1);
    stub.endSessions();
    assertThat(together(50, () -> service.delete(1))).hasSize(50).containsOnly(DONE);
    assertThat(stub.logins()).isEqualTo(2);
  }

  @Test
  void logs_in_once_for_many_callers_when_one_call_at_a_time_is_allowed() throws Exception {
    Settings.Gate narrow =
        new Settings.Gate(
            Duration.ofSeconds(20), 10_000, 1, 1000, 100, Duration.ofSeconds(5), Duration.ZERO);
    HttpSecondService service = service(1, narrow);
    service.delete(1);
    stub.endSessions();
    assertThat(together(50, () -> service.delete(1))).hasSize(50).containsOnly(DONE);
    assertThat(stub.logins()).isEqualTo(2);
    // One call found the session dead; nobody else wasted one.
    assertThat(stub.calls()).isEqualTo(52);
  }

  @Test
  void opens_as_many_sessions_as_set_and_uses_them_in_turn() throws Exception {
    HttpSecondService service = service(3, gate());
    for (int i = 0; i < 12; i++) {
      service.delete(1);
    }
    assertThat(stub.logins()).isEqualTo(3);
    Set<String> used = new HashSet<>();
    stub.server().requests().forEach(r -> used.add(r.header("Cookie")));
    assertThat(used).hasSize(4); // three sessions, and the logins without any
  }

  @Test
  void tells_who_cannot_be_logged_in_to_act_and_does_not_try_again_at_once() throws Exception {
    AtomicInteger attempts = refuseLogins(StubServer.json("{\"error\":\"invalid login\"}"));
    HttpSecondService service = service(2, gate());
    for (int i = 0; i < 5; i++) {
      ServiceTrouble trouble = trouble(() -> service.delete(1));
      assertThat(trouble.kind()).isEqualTo(Kind.CREDENTIALS);
      assertThat(trouble).hasMessageContaining("invalid login");
      assertThat(trouble.retryAfter()).isPresent();
    }
    assertThat(attempts).hasValue(1);
    assertThat(stub.calls()).isZero();
    stub.onLogin(r -> stub.loggedIn());
    pass(Duration.ofSeconds(1));
    assertThat(service.delete(1)).isEqualTo(DONE);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 401, 403})
  void counts_a_login_that_is_not_accepted_apart_from_answers(int status) throws Exception {
    HttpSecondService service = service(1, gate());
    assertThat(service.lastLogin()).isEqualTo(new LastLogin(0, false));
    refuseLogins(StubServer.json(status, "{\"error\":\"invalid login\"}"));
    trouble(() -> service.delete(1));
    trouble(() -> service.delete(1)); // is not tried again at once
    assertThat(ends).containsExactly(CallWatch.End.CREDENTIALS);
    assertThat(service.lastLogin()).isEqualTo(new LastLogin(1, false));
    stub.onLogin(r -> stub.loggedIn());
    pass(Duration.ofSeconds(1));
    service.delete(1);
    assertThat(ends)
        .containsExactly(CallWatch.End.CREDENTIALS, CallWatch.End.ANSWERED, CallWatch.End.ANSWERED);
    assertThat(service.lastLogin()).isEqualTo(new LastLogin(2, true));
  }

  @Test
  void a_login_too_many_or_lost_says_nothing_of_the_credentials() throws Exception {
    HttpSecondService service = service(1, gate());
    for (Reply reply :
        List.of(
            StubServer.json("{\"error\":\"too many logins\"}"),
            StubServer.json(429, "{}"),
            StubServer.json("{\"error\":\"maintenance\"}"),
            new Reply.Drop())) {
      refuseLogins(reply);
      trouble(() -> service.delete(1));
      pass(Duration.ofMinutes(10));
    }
    assertThat(ends).hasSize(4).doesNotContain(CallWatch.End.CREDENTIALS);
    assertThat(service.lastLogin()).isEqualTo(new LastLogin(0, false));
  }

  private AtomicInteger refuseLogins(Reply reply) {
    AtomicInteger attempts = new AtomicInteger();
    stub.onLogin(r -> {
      attempts.incrementAndGet();
      return reply;
    });
    return attempts;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":\"too many logins\"}",
        "{\"error\":{\"code\":7,\"message\":\"Too many logins, try again later\"}}"
      })
  void waits_when_there_were_too_many_logins(String body) {
    AtomicInteger attempts = refuseLogins(StubServer.withHeader(200, "Retry-After", "40", body));
    HttpSecondService service = service(1, gate());
    ServiceTrouble trouble = trouble(() -> service.delete(1));
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(trouble.retryAfter()).contains(Duration.ofSeconds(40));
    pass(Duration.ofSeconds(39));
    assertThat(trouble(() -> service.delete(1)).retryAfter()).contains(Duration.ofSeconds(1));
    assertThat(attempts).hasValue(1);
  }

  @Test
  void spaces_failing_logins_ever_further_up_to_a_minute() {
    AtomicInteger attempts = refuseLogins(StubServer.html(500, "<h1>no</h1>"));
    HttpSecondService service = service(1, gate());
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      ServiceTrouble trouble = trouble(() -> service.delete(1));
      assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
      pauses.add(trouble.retryAfter().orElseThrow());
      pass(trouble.retryAfter().orElseThrow());
    }
    assertThat(attempts).hasValue(12);
    assertThat(pauses.getFirst()).isBetween(Duration.ofMillis(250), Duration.ofMillis(500));
    assertThat(pauses.get(3)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
    assertThat(pauses.getLast()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
  }

  @Test
  void makes_one_login_for_many_callers_when_it_fails() throws Exception {
    AtomicInteger attempts = refuseLogins(new Reply.Drop());
    HttpSecondService service = service(2, gate());
    List<Kind> kinds = together(50, () -> trouble(() -> service.delete(1)).kind());
    assertThat(kinds).containsOnly(Kind.NOT_DONE);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void is_not_done_when_the_login_before_a_call_has_an_unknown_outcome() {
    refuseLogins(new Reply.Truncated("{\"appID\":\"s1\"}"));
    HttpSecondService service = service(1, gate());
    assertThat(trouble(() -> service.delete(1)).kind()).isEqualTo(Kind.NOT_DONE);
  }

  @Test
  void slows_down_when_sessions_are_refused_right_after_their_login() {
    stub.onCall(SecondStub.EXPIRED);
    HttpSecondService service = service(1, gate());
    for (int i = 0; i < 20; i++) {
      assertThat(trouble(() -> service.delete(1)).kind()).isEqualTo(Kind.NOT_DONE);
    }
    assertThat(stub.logins()).isEqualTo(2);
  }

  @Test
  void is_not_held_up_longer_by_a_clock_that_is_set_back() {
    refuseLogins(StubServer.html(500, "<h1>no</h1>"));
    HttpSecondService service = service(1, gate());
    Duration pause = trouble(() -> service.delete(1)).retryAfter().orElseThrow();
    pass(Duration.ofHours(-3));
    assertThat(trouble(() -> service.delete(1)).retryAfter()).contains(pause);
  }

  @Test
  void refuses_a_login_answer_without_a_session() {
    stub.onLogin(r -> StubServer.json("{\"appid\":\"S3CRET\"}"));
    HttpSecondService service = service(1, gate());
    ServiceTrouble trouble = trouble(() -> service.delete(1));
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(trouble).hasMessageNotContaining("S3CRET").hasMessageContaining("no appID");
  }

  @Test
  void gives_an_open_circuit_back_without_blaming_the_login() throws Exception {
    Settings.Gate fragile =
        new Settings.Gate(
            Duration.ofSeconds(20), 10_000, 4, 5, 50, Duration.ofHours(1), Duration.ZERO);
    HttpSecondService service = service(1, fragile);
    service.delete(1);
    stub.onCall(StubServer.json(500, "{}"));
    for (int i = 0; i < 3; i++) {
      assertThat(trouble(() -> service.delete(1)).kind()).isEqualTo(Kind.UNKNOWN);
    }
    ServiceTrouble open = trouble(() -> service.delete(1));
    assertThat(open.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
    assertThat(open.retryAfter()).isPresent();
  }

  @Test
  void says_that_it_is_not_open_while_a_wrong_password_waits_for_its_next_try() throws Exception {
    AtomicInteger attempts = refuseLogins(StubServer.json("{\"error\":\"invalid login\"}"));
    HttpSecondService service = service(2, gate());
    service.requireOpen();
    ServiceTrouble refused = trouble(() -> service.delete(1));
    ServiceTrouble trouble = trouble(service::requireOpen);
    assertThat(trouble.kind()).isEqualTo(Kind.CREDENTIALS);
    assertThat(trouble.retryAfter()).isEqualTo(refused.retryAfter());
    assertThat(trouble(() -> service.sendingOnlyWhile(() -> true).requireOpen()).kind())
        .isEqualTo(Kind.CREDENTIALS);
    assertThat(attempts).hasValue(1);
    pass(trouble.retryAfter().orElseThrow());
    service.requireOpen();
    stub.onLogin(r -> stub.loggedIn());
    assertThat(service.delete(1)).isEqualTo(DONE);
    pass(Duration.ofHours(-3));
    service.requireOpen(); // a clock set back brings no old pause back
  }

  @Test
  void says_that_it_is_not_open_when_there_is_no_session_and_no_login_yet() throws Exception {
    HttpSecondService service = service(2, gate());
    service.delete(1);
    refuseLogins(
        StubServer.withHeader(200, "Retry-After", "40", "{\"error\":\"too many logins\"}"));
    assertThat(trouble(() -> service.delete(1)).kind()).isEqualTo(Kind.NOT_DONE);
    service.requireOpen(); // one session is alive
    stub.endSessions();
    assertThat(trouble(() -> service.delete(1)).kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(trouble(service::requireOpen).retryAfter()).contains(Duration.ofSeconds(40));
  }

  @Test
  void uses_no_more_sessions_than_its_share_allows() throws Exception {
    Settings.Gate limits = gate();
    ServiceGate gate = ServiceGate.shared("SecondService", limits);
    HttpSecondService service =
        new HttpSecondService(
            Fixtures.second(stub.uri(), 4, limits), gate, now::get, new Random(42));
    services.add(service);
    ServiceTrouble none = trouble(service::requireOpen);
    assertThat(none.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(none.retryAfter()).isPresent();
    gate.allow(new Allowance(4, 10_000, 2), () -> true);
    service.requireOpen();
    for (int i = 0; i < 8; i++) {
      service.delete(1);
    }
    assertThat(stub.logins()).isEqualTo(2);
    gate.allow(new Allowance(4, 10_000, 4), () -> true);
    for (int i = 0; i < 8; i++) {
      service.delete(1);
    }
    assertThat(stub.logins()).isEqualTo(4);
  }
}
