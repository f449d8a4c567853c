package io.timebridge.ops;

import static io.timebridge.ops.PageUnderTest.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that this page did not make a browser send: other pages', programs', proxies'. */
class RequestsOfOthersTest {
  private static final String REDRIVE = "/parked/4711/redrive";
  private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

  private final PageUnderTest tested = new PageUnderTest();
  private final FakeParked parked = tested.parked;

  @BeforeEach
  void park() {
    parked.add("4711", "UNMAPPED_LABEL", "no task");
  }

  @AfterEach
  void stop() {
    tested.close();
  }

  private void assertNothingDone() {
    assertThat(parked.redriven()).isEmpty();
    assertThat(parked.discarded()).isEmpty();
  }

  private static String bearer(String token) {
    return "Authorization: Bearer " + token + "\r\n";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {REDRIVE, "/parked/4711/discard", "/parked/redrive", "/parked/stop", "/logout"})
  void acts_on_no_form_without_the_key_of_its_session(String path) throws Exception {
    Browser person = tested.open(TOKEN);
    person.logIn(TOKEN);
    Browser stranger = tested.browser();
    stranger.logIn(TOKEN);
    String fields = "&why=x&what=all";
    for (String key :
        List.of("", "form-key=", "form-key=x", "form-key=" + stranger.key("/parked/4711"))) {
      assertThat(person.post(path, key + fields).statusCode()).as(key).isEqualTo(403);
    }
    assertNothingDone();
    assertThat(person.get("/parked").body()).contains("4711");
    assertThat(person.post(path, "form-key=" + person.key("/parked/4711") + fields).statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: none",
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1:1",
        "Origin: http://127.0.0.1",
        "Origin: http://{here}@evil.example",
        "Origin: http://{here}.evil.example",
        "Origin: not an origin"
      })
  void acts_on_no_form_that_another_origin_sent_even_with_the_right_key(String sender)
      throws Exception {
    Browser person = tested.open();
    String key = "form-key=" + person.key("/parked/4711");
    String here = tested.address().getAuthority();
    String[] header = sender.replace("{here}", here).split(": ", 2);
    assertThat(person.post(REDRIVE, key, header).statusCode()).isEqualTo(403);
    assertNothingDone();
    assertThat(person.post(REDRIVE, key, "Origin", "http://" + here).statusCode()).isEqualTo(200);
    assertThat(parked.redriven()).containsExactly("4711");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {FORM + "Content-Length: 3\r\n\r\nx=y", "Content-Length: 0\r\n\r\n", "\r\n"})
  void acts_for_a_program_that_sends_the_token_and_neither_cookie_nor_key(String rest)
      throws Exception {
    tested.open(TOKEN);
    String answer =
        tested.raw("POST " + REDRIVE + " HTTP/1.1\r\nHost: localhost\r\n" + bearer(TOKEN) + rest);
    assertThat(answer).startsWith("HTTP/1.1 303").contains("\r\nLocation: /parked\r\n");
    assertThat(answer).doesNotContain("Set-Cookie");
    assertThat(parked.redriven()).containsExactly("4711");
    assertThat(tested.raw("GET /parked HTTP/1.1\r\nHost: localhost\r\n" + bearer(TOKEN) + "\r\n"))
        .startsWith("HTTP/1.1 200")
        .contains("Key 4711 was woken");
  }

  @Test
  void acts_for_no_program_with_a_wrong_token_and_says_so_to_it() throws Exception {
    Browser person = tested.open(TOKEN);
    person.logIn(TOKEN);
    String key = "form-key=" + person.key("/parked/4711");
    HttpResponse<String> refused = person.post(REDRIVE, key, "Authorization", "Bearer wrong");
    assertThat(refused.statusCode()).isEqualTo(401);
    for (String path : List.of("/parked", "/data/lag?app=timesheets")) {
      HttpResponse<String> answer =
          tested.browser().get(path, "Authorization", "Bearer " + TOKEN + "x");
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.body()).doesNotContain("4711", "shardId");
    }
    assertNothingDone();
  }

  /** A browser sends it only where a script of this origin has set it. */
  @Test
  void acts_for_no_other_page_that_has_the_token() throws Exception {
    Browser program = tested.open(TOKEN);
    for (String[] sender :
        List.of(
            new String[] {"Sec-Fetch-Site", "cross-site"},
            new String[] {"Origin", "http://evil.example"})) {
      assertThat(
              program
                  .post(REDRIVE, "x=y", "Authorization", "Bearer " + TOKEN, sender[0], sender[1])
                  .statusCode())
          .isEqualTo(403);
    }
    assertNothingDone();
  }

  /** Each look at an entry costs calls to both services; each stranger may cost a session. */
  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site"})
  void shows_another_page_nothing_behind_the_persons_back(String site) throws Exception {
    Browser person = tested.open();
    for (String[] use :
        List.of(
            new String[] {"no-cors", "image"},
            new String[] {"cors", "empty"},
            new String[] {"navigate", "iframe"})) {
      HttpResponse<String> answer =
          person.get(
              "/entry?id=1",
              "Sec-Fetch-Site",
              site,
              "Sec-Fetch-Mode",
              use[0],
              "Sec-Fetch-Dest",
              use[1]);
      assertThat(answer.statusCode()).as(use[1]).isEqualTo(403);
      assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    }
  }

  @Test
  void a_link_on_another_page_leads_here() throws Exception {
    Browser person = tested.open();
    assertThat(
            person
                .get(
                    "/parked",
                    "Sec-Fetch-Site",
                    "cross-site",
                    "Sec-Fetch-Mode",
                    "navigate",
                    "Sec-Fetch-Dest",
                    "document")
                .body())
        .contains("4711");
    assertThat(person.get("/parked", "Sec-Fetch-Site", "none").body()).contains("4711");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.evil.example",
        "evil.example:8090",
        "0.0.0.0",
        "192.0.2.1",
        "[::2]"
      })
  void is_no_page_of_a_name_that_was_pointed_at_this_machine(String host) throws Exception {
    tested.open();
    assertThat(tested.raw("GET /parked HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
        .startsWith("HTTP/1.1 421")
        .doesNotContain("4711", "Set-Cookie");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LocalHost:1", "127.0.0.1:1", "127.0.0.2", "[::1]", "[::1]:1"})
  void is_a_page_of_each_name_of_this_machine(String host) throws Exception {
    tested.open();
    assertThat(tested.raw("GET /parked HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For: 192.0.2.1",
        "X-Forwarded-Host: ops.example",
        "X-Forwarded-Proto: https",
        "X-Real-IP: 192.0.2.1",
        "Forwarded: for=192.0.2.1",
        "Via: 1.1 proxy"
      })
  void is_no_page_for_those_behind_a_proxy_without_a_token(String header) throws Exception {
    tested.open();
    String request = "GET /parked HTTP/1.1\r\nHost: 127.0.0.1:8090\r\n" + header + "\r\n";
    assertThat(tested.raw(request + "\r\n"))
        .startsWith("HTTP/1.1 421")
        .doesNotContain("4711", "Set-Cookie");
    tested.close();
    tested.open(TOKEN);
    assertThat(tested.raw(request + bearer(TOKEN) + "\r\n")).startsWith("HTTP/1.1 200");
  }

  @Test
  void a_form_without_fields_is_none() throws Exception {
    Browser person = tested.open();
    person.get("/parked");
    assertThat(person.submit("/parked", "/parked/redrive", Map.of()).body())
        .contains("No key was chosen.");
    assertNothingDone();
  }
}
