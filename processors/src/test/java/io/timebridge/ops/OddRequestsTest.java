package io.timebridge.ops;

import static io.timebridge.ops.PageUnderTest.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no browser would send, over sockets, mostly by somebody who has no token. */
class OddRequestsTest {
  private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

  private final PageUnderTest tested = new PageUnderTest();

  @BeforeEach
  void park() {
    tested.parked.add("4711", "UNMAPPED_LABEL", "no task");
  }

  @AfterEach
  void stop() {
    tested.close();
  }

  private static String head(String line, String... headers) {
    return line + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("", headers) + "\r\n";
  }

  private static String length(String body) {
    return "Content-Length: " + body.length() + "\r\n";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/assets/../parked",
        "/assets/%2e%2e/parked",
        "/assets/..%2fparked",
        "/assets/x/../../parked",
        "/assets;x/../parked",
        "/assets/..;/parked",
        "/assets//../parked",
        "/%61ssets/../parked",
        "/assets/%2e%2e%2fparked",
        "/login/../parked",
        "/login/%2e%2e/parked",
        "/login;/../parked",
        "/data/../parked",
        "/./parked",
        "//parked",
        "/parked;x",
        "/parked/4711;x",
        "http://localhost/parked"
      })
  void leads_nobody_past_the_login(String path) throws Exception {
    tested.open(TOKEN);
    assertThat(tested.raw(head("GET " + path)))
        .matches("(?s)HTTP/1.1 (303|401|404) .*")
        .doesNotContain("UNMAPPED_LABEL");
    tested.raw(head("POST " + path + "/4711/redrive", FORM, length("x=y")) + "x=y");
    assertThat(tested.parked.redriven()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%0d%0aSet-Cookie:%20a=b", "/x%0aLocation:%20http:%2f%2fevil.example"})
  void puts_no_line_of_a_request_into_the_answers_headers(String path) throws Exception {
    tested.open(TOKEN);
    assertThat(tested.raw(head("GET " + path)))
        .startsWith("HTTP/1.1 303")
        .containsPattern("\r\nLocation: /login\\?to=%2F[^\r\n]*\r\n")
        .doesNotContain("\nSet-Cookie", "\nLocation: http");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          text/plain                        | why=x   | 415
          application/json                  | {}      | 415
          multipart/form-data; boundary=x   | --x--   | 415
          no type                           | why=x   | 400
          application/x-www-form-urlencoded | why=%zz | 400
          application/x-www-form-urlencoded | why=%   | 400
          """)
  void refuses_what_is_no_form(String type, String body, int status) throws Exception {
    tested.open(TOKEN);
    for (String path : new String[] {"/login", "/parked/4711/redrive"}) {
      String request =
          head(
              "POST " + path,
              "Authorization: Bearer " + TOKEN + "\r\n",
              "Content-Type: " + type + "\r\n",
              length(body));
      assertThat(tested.raw(request + body))
          .startsWith("HTTP/1.1 " + status)
          .contains("Content-Security-Policy: default-src 'none'", "Cache-Control: no-store");
    }
    assertThat(tested.parked.redriven()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /nothing", "GET /parked/1", "GET /entry?id=x", "GET /alerts"})
  void binds_the_browser_with_its_errors_too(String line) throws Exception {
    tested.alerts =
        () -> {
          throw new io.timebridge.failure.StoreTrouble("not now", new IOException("on purpose"));
        };
    tested.open();
    assertThat(tested.raw(head(line)))
        .matches("(?s)HTTP/1.1 (400|404|503) .*")
        .contains(
            "Content-Security-Policy: default-src 'none'",
            "frame-ancestors 'none'",
            "X-Content-Type-Options: nosniff",
            "Cache-Control: no-store");
  }

  /** The lines between the pieces of such a body have no limit; nor has a piece, while it comes. */
  @ParameterizedTest
  @ValueSource(strings = {"POST /login", "GET /login", "POST /parked/4711/redrive", "PUT /x"})
  void reads_nothing_of_a_body_whose_length_is_not_said(String line) throws Exception {
    tested.open(TOKEN);
    for (String coding : new String[] {"chunked", "Chunked"}) {
      try (Socket socket = new Socket(tested.address().getHost(), tested.address().getPort())) {
        socket.setSoTimeout(30_000);
        socket
            .getOutputStream()
            .write(
                head(line, FORM, "Transfer-Encoding: " + coding + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(all).startsWith("HTTP/1.1 411").containsIgnoringCase("connection: close");
      }
    }
  }

  @Test
  void refuses_a_body_that_is_too_long_before_it_comes() throws Exception {
    tested.open(TOKEN);
    assertThat(tested.raw(head("POST /login", FORM, "Content-Length: 65537\r\n")))
        .startsWith("HTTP/1.1 413");
    String longest = "x=" + "y".repeat(65_534);
    assertThat(tested.raw(head("POST /login", FORM, length(longest)) + longest))
        .startsWith("HTTP/1.1 401");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /login", "POST /login", "GET /alerts", "POST /parked/4711/redrive"})
  void ends_a_connection_whose_request_does_not_come_to_an_end(String line) throws Exception {
    tested.readWithin = Duration.ofMillis(300);
    tested.open(TOKEN);
    assertThat(tested.raw(line + " HTTP/1.1\r\nHost: loc")).isEmpty();
    assertThat(tested.raw(head(line, FORM, length("token=x")) + "tok")).isEmpty();
    await().until(() -> tested.raw(head("GET /login")).startsWith("HTTP/1.1 200"));
  }

  @Test
  void ends_no_request_that_was_sent_in_time_however_long_its_answer_takes() throws Exception {
    tested.readWithin = Duration.ofSeconds(2);
    Stories told = tested.stories;
    tested.stories =
        (id, ask) -> {
          waitLongerThanASenderMay();
          return told.tell(id, ask);
        };
    assertThat(tested.open().get("/entry?id=4711").statusCode()).isEqualTo(200);
  }

  /** One that began later has been ended. */
  private void waitLongerThanASenderMay() {
    try {
      assertThat(tested.raw("GET /login HTTP/1.1\r\nHost: loc")).isEmpty();
    } catch (IOException unexpected) {
      throw new AssertionError(unexpected);
    }
  }
}
