package io.timebridge.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.deploy.ApiGateway.KinesisAnswer;
import io.timebridge.deploy.ApiGateway.Put;
import io.timebridge.deploy.ApiGateway.Reply;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.EnvelopeCodec.Decoded;
import io.timebridge.stream.Names;
import io.timebridge.stream.Route;
import io.timebridge.stream.WebhookBody;
import io.timebridge.stream.WebhookVector;
import io.timebridge.stream.WebhookVector.AtApiGateway;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The mapping templates, run; the gateway has to make the same of the same vectors. */
class WebhookTemplatesTest {
  private static final Names NAMES = new Names("live-");
  private static final String ID = "JKJaXmPLvHcESHA=";
  private static final long SEED = 20260703;

  static List<WebhookVector> vectors() {
    return WebhookVector.all();
  }

  static Stream<Route> webhooks() {
    return Arrays.stream(Route.values()).filter(Route::isWebhook);
  }

  private static Reply post(ApiGateway gateway, WebhookVector vector) {
    return gateway.post(
        Route.TIMESHEET_UPDATE, vector.contentType(), vector.headers(), vector.body(), ID);
  }

  private static Envelope envelope(Put put) {
    assertThat(EnvelopeCodec.decode(put.data()))
        .as(new String(put.data(), StandardCharsets.UTF_8))
        .isInstanceOf(Decoded.Read.class);
    return ((Decoded.Read) EnvelopeCodec.decode(put.data())).envelope();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void makes_the_gateways_envelope_of_every_vector(WebhookVector vector) {
    ApiGateway gateway = new ApiGateway(NAMES, true);
    Reply reply = post(gateway, vector);

    switch (vector.apiGateway()) {
      case ACCEPTED -> {
        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.body().path("id").asString()).isEqualTo(ID);
        Put put = gateway.puts.getFirst();
        assertThat(put.stream()).isEqualTo("live-timesheet-events");
        assertThat(put.partitionKey()).isEqualTo(vector.key());
        assertThat(envelope(put))
            .isEqualTo(
                new Envelope(
                    ID,
                    Envelope.Source.FIRST_SERVICE,
                    Route.TIMESHEET_UPDATE,
                    vector.key(),
                    Instant.ofEpochMilli(1_783_072_800_123L),
                    vector.keptHeaders(),
                    vector.body(),
                    vector.trace().orElse(null)));
      }
      case REFUSED -> {
        assertThat(reply.status()).isIn(400, 415);
        assertThat(gateway.puts).isEmpty();
      }
      case PASSED_ON -> gateway.puts.forEach(put -> isKeptOutByTheWorker(put, vector));
    }
  }

  /** Its signature does not match any more, or its body cannot be used. */
  private static void isKeptOutByTheWorker(Put put, WebhookVector vector) {
    byte[] body = envelope(put).body();
    assertThat(
            vector.gateway().equals("bad_signature")
                || !Arrays.equals(body, vector.body())
                || WebhookBody.parse(body) instanceof WebhookBody.Malformed)
        .isTrue();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void stands_alone_where_the_model_does_not_look(WebhookVector vector) {
    ApiGateway gateway = new ApiGateway(NAMES, false);
    Reply reply = post(gateway, vector);

    assertThat(reply.status() == 202).isEqualTo(!gateway.puts.isEmpty());
    for (Put put : gateway.puts) {
      Envelope envelope = envelope(put);
      assertThat(envelope.key()).isEqualTo(put.partitionKey());
      switch (WebhookBody.parse(envelope.body())) {
        case WebhookBody.Thin thin -> assertThat(thin.id().key()).isEqualTo(put.partitionKey());
        case WebhookBody.Full full -> assertThat(full.id().key()).isEqualTo(put.partitionKey());
        case WebhookBody.Malformed malformed ->
            assertThat(vector.gateway()).isNotEqualTo("accepted");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("webhooks")
  void serves_every_webhook_route_with_its_own_stream(Route route) {
    ApiGateway gateway = new ApiGateway(new Names(""), true);
    gateway.post(
        route, "", Map.of(), "{\"payload\":{\"id\":7}}".getBytes(StandardCharsets.UTF_8), ID);

    Put put = gateway.puts.getFirst();
    assertThat(put.stream()).isEqualTo(route.stream().streamName());
    assertThat(envelope(put).route()).isEqualTo(route);
  }

  /** The bodies that neither door can treat alike, and why. */
  @Test
  void differs_from_the_gateway_only_in_what_is_listed() {
    assertThat(
            vectors().stream()
                .filter(v -> !v.acceptedAtGateway() && v.apiGateway() != AtApiGateway.REFUSED)
                .map(WebhookVector::name))
        .containsExactlyInAnyOrder(
            // text mode: what is no UTF-8 becomes U+FFFD, so its signature does not match any more
            "invalid UTF-8",
            "half a character of UTF-8",
            // no HMAC over the body can be computed here
            "unsigned",
            "signed with another secret",
            // a model sees what a JSON reader made of the body
            "a key twice",
            "a payload twice",
            "a key twice deep down",
            "nested one level too deeply",
            "nested far too deeply",
            "a number of absurd length",
            "something behind the object",
            "two objects",
            // headers that no template is selected by; the body is what it is
            "another charset",
            "said to be compressed");
    assertThat(vectors())
        .filteredOn(WebhookVector::acceptedAtGateway)
        .allSatisfy(v -> assertThat(v.apiGateway()).isEqualTo(AtApiGateway.ACCEPTED));
  }

  @Test
  void takes_no_signature_from_the_query_or_the_path() {
    assertThat(WebhookTemplates.request(NAMES, Route.TIMESHEET_UPDATE))
        .doesNotContain("querystring", "$input.params('", "$input.params(\"", ".path.");
  }

  @Test
  void lets_no_header_out_of_its_place() {
    Random random = new Random(SEED);
    String signs = "\"'\\/{}[]:,$#!()@*| \t;<>&%azAZ09=+-_.~^`é\u2028\ud83d\ude00";
    for (int round = 0; round < 300; round++) {
      Map<String, String> headers = new HashMap<>();
      for (String name : List.of("X-Signature", "webhook-id", "traceparent", "x-other")) {
        StringBuilder value = new StringBuilder();
        for (int i = random.nextInt(20); i >= 0; i--) {
          value.append(signs.charAt(random.nextInt(signs.length())));
        }
        headers.put(name, value.toString());
      }
      ApiGateway gateway = new ApiGateway(NAMES, false);
      gateway.post(
          Route.TIMESHEET_UPDATE,
          "",
          headers,
          "{\"payload\":{\"id\":7}}".getBytes(StandardCharsets.UTF_8),
          ID);
      Envelope envelope = envelope(gateway.puts.getFirst());
      assertThat(envelope.headers())
          .as("seed %d, round %d", SEED, round)
          .isEqualTo(
              Map.of(
                  "x-signature", headers.get("X-Signature"),
                  "webhook-id", headers.get("webhook-id")));
      assertThat(envelope.key()).isEqualTo("7");
      assertThat(envelope.trace()).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400,ProvisionedThroughputExceededException,503,overloaded,1",
    "400,com.amazonaws.kinesis.v20131202#ProvisionedThroughputExceededException,503,overloaded,1",
    "400,KMSThrottlingException,503,overloaded,1",
    "400,LimitExceededException,503,overloaded,1",
    "400,ValidationException,400,malformed,''",
    "400,SerializationException,400,malformed,''",
    "400,AccessDeniedException,503,stream_unavailable,5",
    "400,ResourceNotFoundException,503,stream_unavailable,5",
    "400,KMSAccessDeniedException,503,stream_unavailable,5",
    "400,'',503,stream_unavailable,5",
    "403,x,503,stream_unavailable,5",
    "500,InternalFailure,503,stream_unavailable,5",
    "503,ServiceUnavailable,503,stream_unavailable,5",
    "302,x,503,stream_unavailable,5",
    "201,x,503,stream_unavailable,5"
  })
  void answers_what_kinesis_says_without_telling_what_it_said(
      int kinesis, String type, int status, String code, String retryAfter) {
    ApiGateway gateway = new ApiGateway(NAMES, true);
    gateway.kinesis = put -> KinesisAnswer.refusal(kinesis, type);
    Reply reply =
        gateway.post(
            Route.TIMESHEET_UPDATE,
            "application/json",
            Map.of(),
            "{\"payload\":{\"id\":7}}".getBytes(StandardCharsets.UTF_8),
            ID);

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.code()).isEqualTo(code);
    assertThat(reply.retryAfter()).isEqualTo(retryAfter);
    assertThat(reply.body().toString()).doesNotContain("arn:", "secret", "Exception");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "not JSON", "<html>", "[]", "null"})
  void answers_503_whatever_a_broken_kinesis_says(String body) {
    ApiGateway gateway = new ApiGateway(NAMES, true);
    gateway.kinesis = put -> new KinesisAnswer(400, body);
    assertThat(
            gateway
                .post(
                    Route.TIMESHEET_UPDATE,
                    "",
                    Map.of(),
                    "{\"payload\":{\"id\":7}}".getBytes(StandardCharsets.UTF_8),
                    ID)
                .status())
        .isEqualTo(503);
  }

  @Test
  void leaves_no_place_unfilled() {
    webhooks()
        .forEach(route ->
            assertThat(WebhookTemplates.request(NAMES, route)).doesNotContainPattern("@[a-z-]+@"));
    assertThatThrownBy(() -> ResourceFile.read("webhook.vtl", Map.of()))
        .hasMessageContaining("@kept-headers@");
  }
}
