package io.timebridge.local.sim.first;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.local.sim.HandClock;
import io.timebridge.local.sim.Http;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TokensTest {
  private final HandClock clock = new HandClock();

  @Test
  void a_refresh_gives_a_new_pair_and_kills_the_old_one_at_once() throws Exception {
    try (Team team = Team.open()) {
      JsonNode pair = Http.json(refresh(team, "first-refresh"));
      assertThat(pair.path("token_type").stringValue()).isEqualTo("Bearer");
      assertThat(pair.path("expires_in").isNull()).isTrue();
      assertThat(pair.path("scope").isString()).isTrue();
      assertThat(pair.path("created_at").isIntegralNumber()).isTrue();
      assertThat(team.get("users").statusCode()).isEqualTo(401);
      team.token(pair.path("access_token").stringValue());
      assertThat(team.get("users").statusCode()).isEqualTo(200);

      HttpResponse<String> again = refresh(team, "first-refresh");
      assertThat(again.statusCode()).isEqualTo(400);
      assertThat(again.body()).isEqualTo("{\"error\":\"invalid_grant\"}");
      assertThat(refresh(team, pair.path("refresh_token").stringValue()).statusCode())
          .isEqualTo(200);
      assertThat(team.control.state().path("tokenRefreshes").intValue()).isEqualTo(2);
      assertThat(team.ops()).filteredOn("token.refresh"::equals).hasSize(2);
      assertThat(team.control.ledger(0).toString())
          .doesNotContain(pair.path("refresh_token").stringValue());
    }
  }

  @Test
  void the_old_access_token_lives_on_when_told_so() throws Exception {
    var credentials =
        new FirstServiceSim.Credentials(
            "first-client", "first-client-secret", "first-access", "first-refresh", null, false);
    try (Team team = new Team(Team.plain().withCredentials(credentials))) {
      refresh(team, "first-refresh");
      assertThat(team.get("users").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void of_fifty_refreshes_with_the_same_token_exactly_one_wins() throws Exception {
    try (Team team = Team.open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Integer> refresh = () -> refresh(team, "first-refresh").statusCode();
      List<Integer> statuses =
          threads.invokeAll(Collections.nCopies(50, refresh)).stream()
              .map(Future::resultNow)
              .toList();
      assertThat(statuses).filteredOn(status -> status == 200).hasSize(1);
      assertThat(statuses).filteredOn(status -> status == 400).hasSize(49);
      assertThat(team.control.state().path("tokenRefreshes").intValue()).isEqualTo(1);
      assertThat(team.ops()).filteredOn("token.refresh"::equals).hasSize(1);
    }
  }

  @Test
  void a_refresh_whose_answer_is_lost_has_killed_the_old_token_all_the_same() throws Exception {
    try (Team team = Team.open()) {
      team.control.faults("{\"action\":\"drop-response\",\"match\":\"oauth/token\",\"count\":1}");
      assertThatThrownBy(() -> refresh(team, "first-refresh")).isInstanceOf(IOException.class);
      assertThat(refresh(team, "first-refresh").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void an_access_token_ends_after_its_life() throws Exception {
    try (Team team = new Team(Team.plain().withClock(clock).withTokenLife(Duration.ofHours(2)))) {
      clock.forward(Duration.ofSeconds(7199));
      assertThat(team.get("users").statusCode()).isEqualTo(200);
      clock.forward(Duration.ofSeconds(1));
      assertThat(team.get("users").statusCode()).isEqualTo(401);
      JsonNode pair = Http.json(refresh(team, "first-refresh"));
      assertThat(pair.path("expires_in").intValue()).isEqualTo(7200);
      team.token(pair.path("access_token").stringValue());
      assertThat(team.get("users").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void a_code_works_once() throws Exception {
    try (Team team = Team.open()) {
      String code = team.control.post("/__sim/authorize", "{}").path("code").stringValue();
      HttpResponse<String> first = grant(team, "authorization_code", "code", code);
      assertThat(first.statusCode()).isEqualTo(200);
      team.token(Http.json(first).path("access_token").stringValue());
      assertThat(team.get("users").statusCode()).isEqualTo(200);
      assertThat(grant(team, "authorization_code", "code", code).statusCode()).isEqualTo(400);
      assertThat(grant(team, "authorization_code", "code", "made-up").body())
          .isEqualTo("{\"error\":\"invalid_grant\"}");
      assertThat(grant(team, "password", "code", code).body())
          .isEqualTo("{\"error\":\"unsupported_grant_type\"}");
    }
  }

  @Test
  void a_code_of_the_login_page_is_good_for_its_address_and_verifier_alone() throws Exception {
    // The pair of RFC 7636, appendix B.
    String verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    String challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    String back = "http://127.0.0.1:1/callback";
    try (Team team = Team.open()) {
      String ask =
          "/1.1/oauth/authorize?response_type=code&client_id=first-client&redirect_uri="
              + Http.encode(back)
              + "&state=a%26b&code_challenge_method=S256&code_challenge="
              + challenge;
      String code = code(team, ask, back);
      assertThat(redeem(team, code, back, "wrong").statusCode()).isEqualTo(400);
      assertThat(redeem(team, code, back, verifier).statusCode()).as("used up").isEqualTo(400);
      assertThat(redeem(team, code(team, ask, back), back + "x", verifier).statusCode())
          .isEqualTo(400);
      assertThat(redeem(team, code(team, ask, back), back, verifier).statusCode()).isEqualTo(200);

      assertThat(team.http.get(ask.replace("first-client", "other"), Map.of()).statusCode())
          .isEqualTo(400);
      assertThat(
              team.http
                  .get(ask.replace("=S256", "=plain"), Map.of())
                  .headers()
                  .firstValue("Location"))
          .contains(back + "?error=invalid_request&state=a%26b");
    }
  }

  private static String code(Team team, String ask, String back) throws Exception {
    HttpResponse<String> answer = team.http.get(ask, Map.of());
    assertThat(answer.statusCode()).isEqualTo(302);
    String location = answer.headers().firstValue("Location").orElseThrow();
    assertThat(location).startsWith(back + "?code=").endsWith("&state=a%26b");
    return location.replaceFirst(".*code=([^&]*)&.*", "$1");
  }

  private static HttpResponse<String> redeem(
      Team team, String code, String redirectUri, String verifier) throws Exception {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("client_id", "first-client");
    form.put("client_secret", "first-client-secret");
    form.put("code", code);
    form.put("redirect_uri", redirectUri);
    form.put("code_verifier", verifier);
    return team.http.send(
        "POST",
        "/1.1/oauth/token",
        Http.form(form),
        Map.of("Content-Type", "application/x-www-form-urlencoded"));
  }

  @Test
  void a_wrong_client_secret_gets_nothing_and_kills_nothing() throws Exception {
    try (Team team = Team.open()) {
      HttpResponse<String> answer =
          team.http.send(
              "POST",
              "/1.1/oauth/token",
              "grant_type=refresh_token&client_id=first-client&client_secret=x"
                  + "&refresh_token=first-refresh",
              Map.of("Content-Type", "application/x-www-form-urlencoded"));
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.body()).isEqualTo("{\"error\":\"invalid_client\"}");
      assertThat(refresh(team, "first-refresh").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void an_expire_fault_ends_the_token_of_that_call() throws Exception {
    try (Team team = Team.open()) {
      team.control.faults("{\"action\":\"expire-session\",\"count\":1}");
      assertThat(team.get("users").statusCode()).isEqualTo(401);
      assertThat(team.get("users").statusCode()).isEqualTo(401);
      JsonNode pair = Http.json(refresh(team, "first-refresh"));
      team.token(pair.path("access_token").stringValue());
      assertThat(team.get("users").statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<String> refresh(Team team, String token) throws Exception {
    return grant(team, "refresh_token", "refresh_token", token);
  }

  private static HttpResponse<String> grant(Team team, String type, String field, String value)
      throws Exception {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", type);
    form.put("client_id", "first-client");
    form.put("client_secret", "first-client-secret");
    form.put(field, value);
    return team.http.send(
        "POST",
        "/1.1/oauth/token",
        Http.form(form),
        Map.of("Content-Type", "application/x-www-form-urlencoded"));
  }
}
