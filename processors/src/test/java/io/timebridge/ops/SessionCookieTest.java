package io.timebridge.ops;

import static io.timebridge.ops.PageUnderTest.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cookie that a browser is known by. */
class SessionCookieTest {
  private static final Pattern COOKIE =
      Pattern.compile("\r\nSet-Cookie: ([^=]+)=([^;]+)(; [^\r]+)\r\n");
  private static final String LOGIN_FORM = "name=\"token\"";

  private final PageUnderTest tested = new PageUnderTest();
  private final PageUnderTest other = new PageUnderTest();

  @AfterEach
  void stop() {
    tested.close();
    other.close();
  }

  private record Cookie(String name, String value, String attributes) {
    static Cookie of(String answer) {
      Matcher cookie = COOKIE.matcher(answer);
      assertThat(cookie.find()).as("a cookie in " + answer).isTrue();
      return new Cookie(cookie.group(1), cookie.group(2), cookie.group(3));
    }
  }

  private String login(String... headers) throws IOException {
    String form = Browser.encoded(Map.of("token", TOKEN));
    return tested.raw(
        "POST /login HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
            + form.length()
            + "\r\n"
            + String.join("", headers)
            + "\r\n"
            + form);
  }

  private String get(String path, String... headers) throws IOException {
    return tested.raw(
        "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("", headers) + "\r\n");
  }

  @Test
  void two_pages_of_one_host_end_no_session_of_each_other() throws Exception {
    Browser here = tested.open(TOKEN);
    other.open(TOKEN);
    Browser there = here.at(other.address());
    here.logIn(TOKEN);
    there.logIn(TOKEN);
    assertThat(here.get("/alerts").body()).doesNotContain(LOGIN_FORM);
    assertThat(there.get("/alerts").body()).doesNotContain(LOGIN_FORM);
    there.submit("/alerts", "/logout", Map.of());
    assertThat(there.get("/alerts").body()).contains(LOGIN_FORM);
    assertThat(here.get("/alerts").body()).doesNotContain(LOGIN_FORM);
  }

  @Test
  void a_form_is_good_after_a_look_at_another_page_of_the_same_host() throws Exception {
    tested.parked.add("4711", "UNMAPPED_LABEL", "no task");
    Browser here = tested.open();
    other.open();
    String key = here.key("/parked/4711");
    here.at(other.address()).get("/parked");
    assertThat(here.post("/parked/4711/redrive", "form-key=" + key).statusCode()).isEqualTo(200);
    assertThat(tested.parked.redriven()).containsExactly("4711");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", TOKEN})
  void is_sent_to_this_page_alone_and_shown_to_no_script(String token) throws Exception {
    tested.open(token);
    Cookie cookie = Cookie.of(token.isEmpty() ? get("/alerts") : login());
    assertThat(cookie.name()).isEqualTo("timebridge-ops-" + tested.address().getPort());
    assertThat(cookie.attributes().substring(2).split("; "))
        .containsExactlyInAnyOrder("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https       | true
          HTTPS       | true
          https, http | true
          http        | false
          http, https | false
          httpsx      | false
          """)
  void is_never_sent_in_clear_when_a_proxy_speaks_tls_with_the_browser(String proto, boolean tls)
      throws Exception {
    Browser person = tested.open(TOKEN);
    assertThat(Cookie.of(login("X-Forwarded-Proto: " + proto + "\r\n")).attributes())
        .satisfies(attributes ->
            assertThat(attributes.contains("; Secure")).as(attributes).isEqualTo(tls));
    person.logIn(TOKEN, "X-Forwarded-Proto", proto);
    assertThat(person.get("/alerts").body().contains(LOGIN_FORM)).isEqualTo(tls);
  }

  @Test
  void takes_up_no_session_that_somebody_else_has_chosen() throws Exception {
    tested.open(TOKEN);
    String name = "timebridge-ops-" + tested.address().getPort();
    String chosen = "Cookie: " + name + "=chosen-by-somebody-else\r\n";
    Cookie first = Cookie.of(login(chosen));
    assertThat(get("/alerts", chosen)).startsWith("HTTP/1.1 303");
    String known = "Cookie: " + name + "=" + first.value() + "\r\n";
    Cookie second = Cookie.of(login(known));
    assertThat(second.value()).hasSize(43).isNotEqualTo(first.value());
    assertThat(get("/alerts", "Cookie: " + name + "=" + second.value() + "\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a={\"x\":1}", "none", "a=b; ; c", "=x", "a=\"b;c\"", "a b=c", "ü=1"})
  void is_found_beside_whatever_other_pages_of_the_host_have_set(String others) throws Exception {
    tested.open(TOKEN);
    Cookie cookie = Cookie.of(login());
    String ours = cookie.name() + "=" + cookie.value();
    assertThat(get("/alerts", "Cookie: " + ours + "; " + others + "\r\n"))
        .startsWith("HTTP/1.1 200");
    assertThat(get("/alerts", "Cookie: " + others + "\r\n")).startsWith("HTTP/1.1 303");
  }
}
