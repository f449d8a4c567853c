package io.timebridge.ingest.gateway;

import static io.timebridge.ingest.gateway.GatewayUnderTest.FULL;
import static io.timebridge.ingest.gateway.GatewayUnderTest.NOW;
import static io.timebridge.ingest.gateway.GatewayUnderTest.SECRET;
import static io.timebridge.ingest.gateway.GatewayUnderTest.THIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.ingest.gateway.GatewayUnderTest.Answer;
import io.timebridge.publish.Publisher.Outcome;
import io.timebridge.publish.Publisher.Reason;
import io.timebridge.signature.WebhookSecret;
import io.timebridge.signature.WebhookSignatures;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookGatewayTest {
  private static final String PATH = "/timesheet-update";
  private final GatewayUnderTest tested = new GatewayUnderTest();

  @AfterEach
  void close() {
    tested.close();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static <T> FutureTask<T> background(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread.ofVirtual().start(task);
    return task;
  }

  private void isRefused(Answer answer, int status, String code, String field) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.field()).isEqualTo(field);
    assertThat(answer.message()).isNotBlank();
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(tested.publisher.submitted).isEmpty();
  }

  // ---- what is accepted

  @ParameterizedTest
  @EnumSource(
      value = Route.class,
      names = {"VERIFY", "JOB_CHANGE"},
      mode = EnumSource.Mode.EXCLUDE)
  void publishes_every_webhook_route_on_its_stream(Route route) throws Exception {
    Answer answer = tested.send(tested.signed("/" + route.path(), FULL));

    assertThat(answer.status()).isEqualTo(202);
    assertThat(tested.publisher.submitted).hasSize(1);
    FakePublisher.Submitted submitted = tested.publisher.submitted.getFirst();
    assertThat(submitted.stream()).isEqualTo(route.stream());
    Envelope envelope = submitted.envelope();
    assertThat(envelope.id()).isEqualTo(answer.body().path("id").asString());
    assertThat(UUID.fromString(envelope.id()).version()).isEqualTo(7);
    assertThat(envelope.route()).isEqualTo(route);
    assertThat(envelope.source()).isEqualTo(Envelope.Source.FIRST_SERVICE);
    assertThat(envelope.key()).isEqualTo("12345");
    assertThat(envelope.body()).isEqualTo(utf8(FULL));
    assertThat(envelope.receivedAt()).isEqualTo(NOW.truncatedTo(ChronoUnit.MILLIS));
    assertThat(envelope.headers())
        .isEqualTo(Map.of("x-signature", WebhookSignatures.sign(SECRET, utf8(FULL))));
    assertThat(envelope.trace()).isNull();
  }

  static Stream<Arguments> schemesAndShapes() {
    return Stream.of(THIN, FULL)
        .flatMap(body ->
            Stream.of(SECRET, GatewayUnderTest.NEXT_SECRET)
                .flatMap(secret ->
                    Stream.of(
                        Arguments.of(
                            body,
                            Map.of("X-Signature", WebhookSignatures.sign(secret, utf8(body)))),
                        Arguments.of(
                            body,
                            WebhookSignatures.signStandard(secret, "msg_1", NOW, utf8(body))))));
  }

  @ParameterizedTest
  @MethodSource("schemesAndShapes")
  void takes_both_signature_schemes_with_any_live_secret_and_both_shapes(
      String body, Map<String, String> signature) throws Exception {
    HttpRequest.Builder request = tested.request(PATH).POST(BodyPublishers.ofString(body));
    request.header("Content-Type", "application/json; charset=UTF-8; v=1");
    signature.forEach(request::header);

    assertThat(tested.send(request).status()).isEqualTo(202);
    Envelope envelope = tested.publisher.submitted.getFirst().envelope();
    assertThat(envelope.headers())
        .hasSameSizeAs(signature)
        .allSatisfy((name, value) -> assertThat(signature).containsValue(value));
  }

  @Test
  void keeps_a_well_formed_traceparent_and_drops_any_other() throws Exception {
    String good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    for (String trace :
        List.of(
            good,
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            good + "-more",
            "x")) {
      tested.send(tested.signed(PATH, THIN).header("traceparent", trace));
    }

    assertThat(tested.publisher.submitted)
        .extracting(s -> s.envelope().trace())
        .containsExactly(good, null, null, null, null);
  }

  @Test
  void takes_a_body_of_64_kib_in_both_framings() throws Exception {
    byte[] body = bodyOf(64 * 1024);

    assertThat(tested.send(tested.signed(PATH, body)).status()).isEqualTo(202);
    assertThat(tested.send(chunked(body)).status()).isEqualTo(202);
    assertThat(tested.publisher.submitted)
        .allSatisfy(s -> assertThat(s.envelope().body()).isEqualTo(body));
  }

  @Test
  void ignores_a_query_and_takes_identity_encoding() throws Exception {
    assertThat(
            tested
                .send(tested.signed(PATH + "?a=b", THIN).header("Content-Encoding", "identity"))
                .status())
        .isEqualTo(202);
  }

  // ---- what is refused

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/nothing",
        "/verify",
        "/job-change",
        "/timesheet-update/",
        "//timesheet-update",
        "/Timesheet-Update",
        "/timesheet-update/more",
        "/timesheet%2Dupdate"
      })
  void refuses_an_unknown_route(String path) throws Exception {
    isRefused(tested.send(tested.signed(path, THIN)), 404, "unknown_route", "path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"})
  void refuses_another_method_and_says_which_is_allowed(String method) throws Exception {
    Answer answer =
        tested.send(tested.signed(PATH, THIN).method(method, BodyPublishers.ofString(THIN)));

    isRefused(answer, 405, "method_not_allowed", "method");
    assertThat(answer.header("allow")).isEqualTo("POST");
  }

  @Test
  void refuses_a_post_of_its_own_state() throws Exception {
    Answer answer = tested.send(tested.signed("/health", THIN));

    isRefused(answer, 405, "method_not_allowed", "method");
    assertThat(answer.header("allow")).isEqualTo("GET");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/xml",
        "application/jsonx",
        "application/json, text/plain",
        "application/json; charset=iso-8859-1",
        "application/json; charset=\"utf-16\"",
        "application/x-www-form-urlencoded",
        "garbage"
      })
  void refuses_another_media_type(String type) throws Exception {
    HttpRequest.Builder request = tested.signed(PATH, THIN).setHeader("Content-Type", type);

    isRefused(tested.send(request), 415, "unsupported_media_type", "content-type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "identity, gzip", "deflate"})
  void refuses_an_encoded_body(String encoding) throws Exception {
    HttpRequest.Builder request = tested.signed(PATH, THIN).header("Content-Encoding", encoding);

    isRefused(tested.send(request), 415, "unsupported_encoding", "content-encoding");
  }

  @ParameterizedTest
  @ValueSource(ints = {64 * 1024 + 1, 65 * 1024, 1_500_000})
  void refuses_a_larger_body_in_both_framings(int size) throws Exception {
    byte[] body = bodyOf(size);

    if (size < 1_000_000) { // beyond that the connection may be cut while the body is on its way
      isRefused(tested.send(tested.signed(PATH, body)), 413, "too_large", "body");
      isRefused(tested.send(chunked(body)), 413, "too_large", "body");
    } else {
      try {
        isRefused(tested.send(tested.signed(PATH, body)), 413, "too_large", "body");
      } catch (IOException cut) {
        assertThat(tested.publisher.submitted).isEmpty();
      }
    }
  }

  @Test
  void refuses_a_missing_signature_before_it_looks_at_the_body() throws Exception {
    Answer answer = tested.send(tested.request(PATH).POST(BodyPublishers.ofString("not json")));

    isRefused(answer, 401, "bad_signature", "signature");
    assertThat(answer.message()).contains("no signature");
  }

  @Test
  void refuses_a_wrong_signature_without_telling_a_secret() throws Exception {
    String wrong = WebhookSignatures.sign(new WebhookSecret("other"), utf8(THIN));
    Answer answer =
        tested.send(
            tested.request(PATH).header("X-Signature", wrong).POST(BodyPublishers.ofString(THIN)));

    isRefused(answer, 401, "bad_signature", "signature");
    assertThat(answer.message())
        .contains("does not match")
        .doesNotContain(wrong)
        .doesNotContain("first-secret")
        .doesNotContain(WebhookSignatures.sign(SECRET, utf8(THIN)));
  }

  @Test
  void traces_no_request_whose_signature_does_not_hold() throws Exception {
    String unsigned = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    String signed = "00-1bf7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    RecordedRequests traced = new RecordedRequests();
    try (GatewayUnderTest watched = new GatewayUnderTest(16, Duration.ofSeconds(10), traced)) {
      String wrong = WebhookSignatures.sign(new WebhookSecret("other"), utf8(THIN));
      HttpRequest.Builder forged =
          watched.request(PATH).header("traceparent", unsigned).header("X-Signature", wrong);
      assertThat(watched.send(forged.POST(BodyPublishers.ofString(THIN))).status()).isEqualTo(401);
      assertThat(watched.send(watched.signed(PATH, THIN).header("traceparent", signed)).status())
          .isEqualTo(202);
    }

    assertThat(traced.parents).containsExactly(signed);
  }

  @ParameterizedTest
  @ValueSource(longs = {-301, 301})
  void refuses_a_stale_signature(long secondsOff) throws Exception {
    Instant at = NOW.truncatedTo(ChronoUnit.SECONDS).plusSeconds(secondsOff);
    HttpRequest.Builder request = tested.request(PATH).POST(BodyPublishers.ofString(THIN));
    WebhookSignatures.signStandard(SECRET, "msg_1", at, utf8(THIN)).forEach(request::header);

    Answer answer = tested.send(request);

    isRefused(answer, 401, "bad_signature", "signature");
    assertThat(answer.message()).contains("webhook-timestamp");
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("", "body"),
        Arguments.of("{}", "payload"),
        Arguments.of("[]", "body"),
        Arguments.of("null", "body"),
        Arguments.of("not json", "body"),
        Arguments.of("{\"payload\":{\"id\":1}} trailing", "body"),
        Arguments.of("{\"payload\":[]}", "payload"),
        Arguments.of("{\"payload\":{}}", "payload.entity_id"),
        Arguments.of("{\"payload\":{\"id\":1,\"id\":2}}", "body"),
        Arguments.of("{\"payload\":" + "[".repeat(50) + "]".repeat(50) + "}", "body"),
        Arguments.of("{\"payload\":{\"id\":1,\"note\":\"a\0b\"}}", "body"),
        Arguments.of("{\"payload\":{\"entity_id\":-5}}", "payload.entity_id"),
        Arguments.of("{\"payload\":{\"entity_id\":0}}", "payload.entity_id"),
        Arguments.of("{\"payload\":{\"entity_id\":1.5}}", "payload.entity_id"),
        Arguments.of("{\"payload\":{\"entity_id\":1e3}}", "payload.entity_id"),
        Arguments.of("{\"payload\":{\"entity_id\":9223372036854775808}}", "payload.entity_id"),
        Arguments.of("{\"payload\":{\"entity_id\":\"007\"}}", "payload.entity_id"),
        Arguments.of("{\"payload\":{\"entity_id\":null}}", "payload.entity_id"),
        Arguments.of("{\"payload\":{\"id\":\"12 34\"}}", "payload.id"),
        Arguments.of("{\"payload\":{\"id\":true}}", "payload.id"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refuses_a_signed_body_that_is_not_a_webhook_and_names_the_field(String body, String field)
      throws Exception {
    Answer answer = tested.send(tested.signed(PATH, body));

    isRefused(answer, 400, "malformed", field);
    assertThat(answer.message()).startsWith(field);
  }

  @Test
  void refuses_invalid_utf_8() throws Exception {
    byte[] body = utf8("{\"payload\":{\"id\":1,\"note\":\"?\"}}");
    body[body.length - 4] = (byte) 0xC3;

    Answer answer = tested.send(tested.signed(PATH, body));

    isRefused(answer, 400, "malformed", "body");
    assertThat(answer.message()).contains("UTF-8");
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(Reason.FULL, "overloaded"),
        Arguments.of(Reason.KINESIS, "stream_unavailable"),
        Arguments.of(Reason.TIMED_OUT, "stream_unavailable"),
        Arguments.of(Reason.CLOSED, "stream_unavailable"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void asks_to_come_again_when_kinesis_has_not_acknowledged(Reason reason, String code)
      throws Exception {
    tested.publisher.answer =
        () -> CompletableFuture.completedFuture(new Outcome.Failed(reason, "internal detail"));

    Answer answer = tested.send(tested.signed(PATH, THIN));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.message()).doesNotContain("internal detail");
    assertThat(Integer.parseInt(answer.header("retry-after"))).isPositive();
  }

  @Test
  void answers_500_in_its_own_form_when_it_fails_itself() throws Exception {
    tested.publisher.answer =
        () -> {
          throw new IllegalStateException("secret detail");
        };

    Answer answer = tested.send(tested.signed(PATH, THIN));

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.code()).isEqualTo("internal");
    assertThat(answer.message()).doesNotContain("secret detail");
  }

  @Test
  void works_on_so_many_at_a_time_and_refuses_more() throws Exception {
    try (GatewayUnderTest small = new GatewayUnderTest(3, Duration.ofSeconds(10))) {
      List<CompletableFuture<Outcome>> held = new ArrayList<>();
      small.publisher.answer =
          () -> {
            CompletableFuture<Outcome> future = new CompletableFuture<>();
            synchronized (held) {
              held.add(future);
            }
            return future;
          };
      List<FutureTask<Answer>> accepted = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        accepted.add(background(() -> small.send(small.signed(PATH, THIN))));
      }
      await().until(() -> small.publisher.submitted.size() == 3);

      Answer refused = small.send(small.signed(PATH, THIN));

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.code()).isEqualTo("overloaded");
      assertThat(Integer.parseInt(refused.header("retry-after"))).isPositive();
      assertThat(small.send(small.request("/health")).status()).isEqualTo(200);
      assertThat(small.publisher.submitted).hasSize(3);
      synchronized (held) {
        held.forEach(f -> f.complete(new Outcome.Acknowledged("s", "1")));
      }
      for (FutureTask<Answer> task : accepted) {
        assertThat(task.get().status()).isEqualTo(202);
      }
      small.publisher.answer =
          () -> CompletableFuture.completedFuture(new Outcome.Acknowledged("s", "2"));
      assertThat(small.send(small.signed(PATH, THIN)).status()).isEqualTo(202);
    }
  }

  // ---- state and stop

  @Test
  void is_ready_only_while_kinesis_can_be_reached_and_up_all_the_while() throws Exception {
    assertThat(tested.send(tested.request("/ready")).status()).isEqualTo(200);

    tested.publisher.reachable.set(false);

    assertThat(tested.send(tested.request("/ready")).status()).isEqualTo(503);
    assertThat(tested.send(tested.request("/health")).status()).isEqualTo(200);
  }

  @Test
  void answers_what_it_has_accepted_before_it_stops() throws Exception {
    CompletableFuture<Outcome> kinesis = new CompletableFuture<>();
    tested.publisher.answer = () -> kinesis;
    FutureTask<Answer> accepted = background(() -> tested.send(tested.signed(PATH, THIN)));
    await().until(() -> tested.publisher.submitted.size() == 1);

    FutureTask<Boolean> stop =
        background(() -> {
          tested.gateway.close();
          return true;
        });
    await().until(this::refusesConnections);
    assertThat(accepted.isDone()).isFalse();
    assertThat(stop.isDone()).isFalse();
    kinesis.complete(new Outcome.Acknowledged("shard-0", "9"));

    assertThat(accepted.get().status()).isEqualTo(202);
    assertThat(stop.get()).isTrue();
    assertThat(tested.publisher.submitted)
        .extracting(FakePublisher.Submitted::stream)
        .containsExactly(StreamName.TIMESHEET_EVENTS);
  }

  private boolean refusesConnections() throws IOException {
    try {
      tested.connect().close();
      return false;
    } catch (ConnectException refused) {
      return true;
    }
  }

  private static byte[] bodyOf(int size) {
    String head = "{\"payload\":{\"id\":1,\"note\":\"";
    String tail = "\"}}";
    return utf8(head + "x".repeat(size - head.length() - tail.length()) + tail);
  }

  private HttpRequest.Builder chunked(byte[] body) {
    return tested
        .signed(PATH, body)
        .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(body)));
  }
}
