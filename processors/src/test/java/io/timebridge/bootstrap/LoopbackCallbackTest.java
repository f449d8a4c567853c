package io.timebridge.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.bootstrap.LoopbackCallback.Answer;
import io.timebridge.settings.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackCallbackTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private LoopbackCallback callback;

  @BeforeEach
  void listen() throws IOException {
    callback = LoopbackCallback.listen(0, new Secret("the state"));
  }

  @AfterEach
  void stop() {
    callback.close();
  }

  /** Status and body, over a plain socket: the host header is ours. */
  private String ask(String method, String pathAndQuery, String host) throws IOException {
    URI at = callback.redirectUri();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), at.getPort())) {
      socket
          .getOutputStream()
          .write(
              "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                  .formatted(method, pathAndQuery, host)
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.substring("HTTP/1.1 ".length());
    }
  }

  private String get(String query) throws IOException {
    return ask("GET", "/callback?" + query, "127.0.0.1:" + callback.redirectUri().getPort());
  }

  @Test
  void takes_the_code_that_comes_with_the_state_and_shows_nothing_of_it() throws Exception {
    String page = get("code=a%2Bb&state=the%20state");
    assertThat(page).startsWith("200").doesNotContain("a+b").doesNotContain("the state");
    assertThat(callback.await(PATIENCE)).isEqualTo(new Answer.Code(new Secret("a+b")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "code=x",
        "code=x&state=",
        "code=x&state=another",
        "code=x&state=the%20state&state=the%20state",
        "state=the%20state",
        "error=access_denied&state=the%20state",
        "error=access_denied"
      })
  void any_other_answer_is_no_login(String query) throws Exception {
    assertThat(get(query)).startsWith("400");
    assertThat(callback.await(PATIENCE)).isInstanceOf(Answer.Refused.class);
  }

  @Test
  void takes_one_answer_alone() throws Exception {
    get("code=x&state=guessed");
    assertThat(get("code=y&state=the%20state")).startsWith("410");
    assertThat(callback.await(PATIENCE)).isInstanceOf(Answer.Refused.class);
  }

  @Test
  void what_is_no_answer_does_not_count() throws Exception {
    String host = "127.0.0.1:" + callback.redirectUri().getPort();
    assertThat(ask("GET", "/favicon.ico", host)).startsWith("404");
    assertThat(ask("POST", "/callback?code=x&state=the%20state", host)).startsWith("405");
    assertThat(ask("GET", "/callback?code=x&state=the%20state", "evil.example.org"))
        .startsWith("400");
    assertThat(get("code=%zz&state=the%20state")).startsWith("400");
    get("code=x&state=the%20state");
    assertThat(callback.await(PATIENCE)).isInstanceOf(Answer.Code.class);
  }

  @Test
  void tells_what_first_service_said_if_it_is_a_word() throws Exception {
    get("error=access_denied&state=the%20state");
    assertThat(callback.await(PATIENCE))
        .isEqualTo(new Answer.Refused("FirstService refused the login (access_denied)"));
  }

  @Test
  void ends_when_nobody_comes() throws Exception {
    assertThat(callback.await(Duration.ZERO)).isEqualTo(new Answer.TimedOut());
  }

  @Test
  void says_so_when_the_port_is_taken() {
    assertThatThrownBy(
            () -> LoopbackCallback.listen(callback.redirectUri().getPort(), new Secret("s")))
        .isInstanceOf(IOException.class);
  }
}
