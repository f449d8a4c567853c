package io.timebridge.services.http;

import static io.timebridge.services.Fixtures.gate;
import static io.timebridge.services.Fixtures.trouble;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.services.Fixtures;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.StubServer;
import io.timebridge.services.StubServer.Reply;
import io.timebridge.services.gate.CallWatch;
import io.timebridge.services.gate.Ending;
import io.timebridge.services.gate.ServiceGate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceHttpTest {
  private static final Instant NOW = Instant.parse("2026-07-03T10:00:00Z");
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final StubServer server = new StubServer(r -> StubServer.json("{}"));
  private final CountDownLatch never = new CountDownLatch(1);

  @AfterEach
  void stop() {
    never.countDown();
    server.close();
  }

  private static ServiceHttp http(Duration callTimeout) {
    return new ServiceHttp(
        "Test", callTimeout, new ServiceGate("Test", gate(callTimeout)), InstantSource.fixed(NOW));
  }

  private HttpCall post() {
    return post(server.uri());
  }

  private static HttpCall post(URI uri) {
    return HttpCall.send("timesheet add", "POST", uri, Encoded.form(Map.of("a", "b")));
  }

  private static HttpAnswer answer(ServiceHttp http, HttpCall call)
      throws ServiceTrouble, InterruptedException {
    return http.call(call, Ending.Answered::new);
  }

  private ServiceTrouble troubleOf(Duration callTimeout, Reply reply) {
    server.script(r -> reply);
    try (ServiceHttp http = http(callTimeout)) {
      return trouble(() -> answer(http, post()));
    }
  }

  @Test
  void sends_the_headers_of_those_who_watch_and_tells_them_how_each_call_ended() throws Exception {
    List<CallWatch.End> ends = new ArrayList<>();
    ServiceGate gate = new ServiceGate("Test", gate(SHORT));
    gate.watch(what -> (end, nanos) -> ends.add(end));
    gate.watch(
        new CallWatch() {
          @Override
          public Call begins(String what) {
            return (end, nanos) -> ends.add(end);
          }

          @Override
          public Map<String, String> headers() {
            return Map.of("traceparent", "00-1-2-01");
          }
        });
    AtomicReference<String> sent = new AtomicReference<>();
    server.script(r -> {
      sent.set(r.header("traceparent"));
      return StubServer.json("{}");
    });
    try (ServiceHttp http = new ServiceHttp("Test", SHORT, gate, InstantSource.fixed(NOW))) {
      answer(http, post());
      assertThat(sent).hasValue("00-1-2-01");
      server.script(r -> new Reply.Drop());
      trouble(() -> answer(http, post()));
    }
    assertThat(ends)
        .containsExactly(
            CallWatch.End.ANSWERED,
            CallWatch.End.ANSWERED,
            CallWatch.End.UNKNOWN,
            CallWatch.End.UNKNOWN);
  }

  @Test
  void is_unknown_when_the_connection_is_dropped_after_the_request() {
    ServiceTrouble trouble = troubleOf(Duration.ofSeconds(20), new Reply.Drop());
    assertThat(trouble.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(trouble).hasMessageStartingWith("Test timesheet add: ");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void is_unknown_when_the_answer_is_cut_off() {
    assertThat(troubleOf(Duration.ofSeconds(20), new Reply.Truncated("{\"a\":1}")).kind())
        .isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void is_unknown_when_no_answer_comes_in_time() {
    assertThat(troubleOf(SHORT, new Reply.After(never, StubServer.json("{}"))).kind())
        .isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void is_unknown_when_the_headers_come_in_time_but_the_body_does_not() {
    ServiceTrouble trouble = troubleOf(SHORT, new Reply.SlowBody(never, "{\"a\":1}"));
    assertThat(trouble.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(trouble).hasMessageContaining("no whole answer in time");
  }

  @Test
  void is_unknown_when_the_answer_is_longer_than_allowed() {
    server.script(r -> StubServer.json("\"" + "x".repeat(HttpCall.ANSWER_BYTES) + "\""));
    try (ServiceHttp http = http(Duration.ofSeconds(20))) {
      assertThat(trouble(() -> answer(http, post())).kind()).isEqualTo(Kind.UNKNOWN);
    }
  }

  @Test
  void takes_a_list_of_megabytes() throws Exception {
    server.script(r -> StubServer.json("\"" + "x".repeat(7_000_000) + "\""));
    try (ServiceHttp http = http(Duration.ofSeconds(20))) {
      HttpAnswer answer = answer(http, HttpCall.get("list", server.uri(), HttpCall.LIST_BYTES));
      assertThat(answer.text()).hasSize(7_000_002);
    }
  }

  @Test
  void is_not_done_when_the_connection_is_refused() throws Exception {
    URI nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("http://127.0.0.1:" + free.getLocalPort());
    }
    try (ServiceHttp http = http(Duration.ofSeconds(20))) {
      ServiceTrouble trouble = trouble(() -> answer(http, post(nobody)));
      assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
      assertThat(trouble).hasMessageContaining("could not connect");
    }
  }

  @Test
  void is_not_done_when_the_host_is_unknown() {
    try (ServiceHttp http = http(Duration.ofSeconds(20))) {
      ServiceTrouble trouble =
          trouble(() -> answer(http, post(URI.create("http://nobody.invalid/"))));
      assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    }
  }

  @Test
  void is_unknown_when_the_connection_is_reset_while_waiting() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServiceHttp http = http(Duration.ofSeconds(20))) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = listening.accept()) {
              readUntil(socket, "a=b");
              socket.setOption(StandardSocketOptions.SO_LINGER, 0); // closing resets
            } catch (IOException broken) {
              throw new IllegalStateException(broken);
            }
          });
      URI uri = URI.create("http://127.0.0.1:" + listening.getLocalPort());
      assertThat(trouble(() -> answer(http, post(uri))).kind()).isEqualTo(Kind.UNKNOWN);
    }
  }

  private static String readUntil(Socket socket, String end) throws IOException {
    StringBuilder seen = new StringBuilder();
    byte[] buffer = new byte[1024];
    while (seen.indexOf(end) < 0) {
      int n = socket.getInputStream().read(buffer);
      if (n < 0) {
        break;
      }
      seen.append(new String(buffer, 0, n, StandardCharsets.US_ASCII));
    }
    return seen.toString();
  }

  @Test
  void holds_the_body_back_when_it_gets_too_late_while_connecting() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServiceHttp http = http(Duration.ofSeconds(20))) {
      AtomicReference<String> received = new AtomicReference<>("");
      Thread reader =
          Thread.ofVirtual()
              .start(() -> {
                try (Socket socket = listening.accept()) {
                  received.set(readUntil(socket, "a=b"));
                } catch (IOException broken) {
                  throw new IllegalStateException(broken);
                }
              });
      AtomicInteger asked = new AtomicInteger();
      // The gate asks twice before the call is made; the third time is right before the body.
      HttpCall call =
          post(URI.create("http://127.0.0.1:" + listening.getLocalPort()))
              .sendingOnlyWhile(() -> asked.incrementAndGet() <= 2);
      ServiceTrouble trouble = trouble(() -> answer(http, call));
      assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
      assertThat(trouble).hasMessage("Test timesheet add: not sent, too late to send");
      assertThat(asked).hasValue(3);
      reader.join();
      assertThat(received.get()).doesNotContain("a=b");
    }
  }

  @Test
  void breaks_the_call_off_when_interrupted() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    server.script(r -> {
      arrived.countDown();
      never.await();
      return StubServer.json("{}");
    });
    try (ServiceHttp http = http(Duration.ofSeconds(60))) {
      AtomicBoolean interrupted = new AtomicBoolean();
      Thread caller =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  answer(http, post());
                } catch (InterruptedException expected) {
                  interrupted.set(true);
                } catch (ServiceTrouble unexpected) {
                  throw new IllegalStateException(unexpected);
                }
              });
      arrived.await();
      caller.interrupt();
      caller.join();
      assertThat(interrupted).isTrue();
    }
  }

  @Test
  void never_sends_a_changing_call_twice_over_a_connection_that_the_service_closed()
      throws Exception {
    try (ServiceHttp http = http(Duration.ofSeconds(20))) {
      answer(http, post());
      server.script(r -> new Reply.Drop());
      assertThat(trouble(() -> answer(http, post())).kind()).isEqualTo(Kind.UNKNOWN);
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void does_not_follow_a_redirect() throws Exception {
    server.script(r -> StubServer.withHeader(302, "Location", "/elsewhere", ""));
    try (ServiceHttp http = http(Duration.ofSeconds(20))) {
      assertThat(answer(http, post()).status()).isEqualTo(302);
      assertThat(server.count("/elsewhere")).isZero();
    }
  }

  @Test
  void reads_retry_after_in_both_forms() throws Exception {
    try (ServiceHttp http = http(Duration.ofSeconds(20))) {
      server.script(r -> StubServer.withHeader(429, "Retry-After", "17", "{}"));
      assertThat(answer(http, post()).retryAfter()).contains(Duration.ofSeconds(17));
      server.script(
          r -> StubServer.withHeader(429, "Retry-After", "Fri, 03 Jul 2026 10:01:30 GMT", "{}"));
      assertThat(answer(http, post()).retryAfter()).contains(Duration.ofSeconds(90));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "soon", "-5", "1e9", "99999999999999", "Fri, 99 Jul 2026 10:01:30 GMT"})
  void ignores_a_retry_after_that_is_neither(String value) {
    assertThat(RetryAfter.read(value, NOW)).isEmpty();
  }

  @Test
  void bounds_retry_after_from_both_sides() {
    assertThat(RetryAfter.read("999999999", NOW)).contains(Duration.ofDays(1));
    assertThat(RetryAfter.read("Fri, 03 Jul 2026 09:00:00 GMT", NOW)).contains(Duration.ZERO);
    assertThat(RetryAfter.read("Sat, 03 Jul 2027 09:00:00 GMT", NOW)).contains(Duration.ofDays(1));
  }

  @Test
  void sends_forms_in_utf_8_whatever_they_hold() throws Exception {
    String hostile = "O'Neil & \"Sons\"=+%\n\t🚀 ağ €\u0000x";
    try (ServiceHttp http = http(Duration.ofSeconds(20))) {
      answer(
          http,
          HttpCall.send(
              "x",
              "POST",
              URI.create(server.uri() + "/p?" + Encoded.query(Map.of("q", hostile))),
              Encoded.form(Map.of("f", hostile))));
    }
    assertThat(server.requests().getFirst().form()).containsEntry("f", hostile);
    assertThat(server.requests().getFirst().query()).containsEntry("q", hostile);
  }

  @Test
  void counts_failures_of_the_service_in_the_gate() {
    ServiceGate gate =
        new ServiceGate(
            "Test",
            new io.timebridge.settings.Settings.Gate(
                Duration.ofSeconds(20), 10_000, 4, 10, 50, Duration.ofHours(1), Duration.ZERO));
    server.script(r -> new Reply.Drop());
    try (ServiceHttp http =
        new ServiceHttp("Test", Duration.ofSeconds(20), gate, InstantSource.fixed(NOW))) {
      for (int i = 0; i < 5; i++) {
        assertThat(trouble(() -> answer(http, post())).kind()).isEqualTo(Kind.UNKNOWN);
      }
      assertThat(trouble(() -> answer(http, post())).kind()).isEqualTo(Kind.CIRCUIT_OPEN);
      assertThat(server.requests()).hasSize(5);
    }
  }

  @Test
  void shows_no_header_that_cannot_be_sent() {
    try (ServiceHttp http = http(Duration.ofSeconds(20))) {
      ServiceTrouble trouble =
          trouble(() -> answer(http, post().withHeader("Authorization", "Bearer S3CRET\n")));
      assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
      assertThat(trouble).hasNoCause().hasMessageNotContaining("S3CRET");
    }
  }

  @Test
  void answers_many_callers_at_once() throws Exception {
    try (ServiceHttp http = http(Duration.ofSeconds(20))) {
      assertThat(Fixtures.together(50, () -> answer(http, post()).status())).containsOnly(200);
    }
    await().until(() -> server.requests().size() == 50);
  }
}
