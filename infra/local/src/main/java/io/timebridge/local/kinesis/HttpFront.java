package io.timebridge.local.kinesis;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.timebridge.local.net.Listen;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP side: AWS JSON 1.1 at {@code /}, and the admin calls. Thread-safe. */
final class HttpFront implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);

  private static final HeaderName TARGET = HeaderNames.create("X-Amz-Target");
  private static final HeaderName REQUEST_ID = HeaderNames.create("x-amzn-RequestId");
  private static final HeaderName ERROR_TYPE = HeaderNames.create("x-amzn-ErrorType");
  private static final String SERVICE = "Kinesis_20131202.";
  private static final String AMZ_JSON = "application/x-amz-json-1.1";
  private static final String JSON = "application/json";
  private static final long MAX_BODY_BYTES = 24L << 20;
  private static final int MAX_ADMIN_BODY_BYTES = 64 << 10;

  private final KinesisApi api;
  private final WebServer server;

  private HttpFront(LocalKinesis.Options options, Listen listen) {
    this.api = new KinesisApi(new StreamStore(options));
    this.server =
        WebServer.builder()
            .host(listen.address())
            .port(options.port())
            .maxPayloadSize(MAX_BODY_BYTES)
            // An answer of several packets would wait 40 ms for the client's acknowledgement.
            .connectionOptions(socket -> socket.tcpNoDelay(true))
            .shutdownGracePeriod(Duration.ofMillis(200))
            .shutdownHook(false)
            .routing(this::route)
            .build();
  }

  static HttpFront start(LocalKinesis.Options options, Listen listen) {
    HttpFront front = new HttpFront(options, listen);
    front.server.start();
    LOG.info(
        "kinesis listens: address={} port={} throttling={}",
        listen.address(),
        front.port(),
        options.throttling());
    return front;
  }

  int port() {
    return server.port();
  }

  @Override
  public void close() {
    api.close();
    server.stop();
  }

  private void route(HttpRouting.Builder routing) {
    routing
        .post("/", this::call)
        .post("/__admin/faults", this::addFault)
        .get(
            "/__admin/faults",
            (request, response) ->
                send(
                    response,
                    200,
                    JSON,
                    Json.bytes(Json.object().set("faults", api.faults().list()))))
        .delete(
            "/__admin/faults",
            (request, response) -> {
              api.faults().clear();
              response.status(Status.NO_CONTENT_204).send();
            })
        .get(
            "/__admin/state",
            (request, response) -> send(response, 200, JSON, Json.bytes(api.state())));
  }

  private void call(ServerRequest request, ServerResponse response) {
    String op =
        request
            .headers()
            .first(TARGET)
            .filter(target -> target.startsWith(SERVICE))
            .map(target -> target.substring(SERVICE.length()))
            .orElse("");
    if (request
        .headers()
        .first(HeaderNames.CONTENT_TYPE)
        .filter(type -> type.contains("cbor"))
        .isPresent()) {
      refuse(
          response,
          415,
          new KinesisError(
              KinesisError.Type.SERIALIZATION,
              "CBOR is not spoken here: set the system property aws.cborEnabled=false."));
      return;
    }
    byte[] body = body(request);
    switch (answer(op, body)) {
      case KinesisApi.Answer.Done done -> send(response, 200, AMZ_JSON, done.body());
      case KinesisApi.Answer.Refused refused ->
          refuse(response, refused.error().type().status(), refused.error());
      case KinesisApi.Answer.Dropped _ ->
          throw new CloseConnectionException("an injected fault drops the answer to " + op);
    }
  }

  private KinesisApi.Answer answer(String op, byte[] body) {
    try {
      return api.call(op, body);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return new KinesisApi.Answer.Dropped();
    } catch (
        RuntimeException
            defect) { // the edge of a request's thread: a defect answers 500 and must not go unseen
      LOG.error("a defect in operation {}", op, defect);
      return new KinesisApi.Answer.Refused(
          new KinesisError(KinesisError.Type.INTERNAL_FAILURE, "Internal Service Failure"));
    }
  }

  private void addFault(ServerRequest request, ServerResponse response) {
    byte[] body = body(request);
    if (body.length > MAX_ADMIN_BODY_BYTES) {
      refuse(
          response,
          413,
          KinesisError.invalid("A fault has at most " + MAX_ADMIN_BODY_BYTES + " bytes."));
      return;
    }
    try {
      send(response, 201, JSON, Json.bytes(api.faults().add(Request.parse(body))));
    } catch (KinesisError error) {
      refuse(response, error.type().status(), error);
    }
  }

  private static byte[] body(ServerRequest request) {
    return request.content().hasEntity() ? request.content().as(byte[].class) : Json.NOTHING;
  }

  private static void refuse(ServerResponse response, int status, KinesisError error) {
    response.header(ERROR_TYPE, error.type().code());
    send(
        response,
        status,
        AMZ_JSON,
        Json.bytes(
            Json.object().put("__type", error.type().code()).put("message", error.reason())));
  }

  private static void send(ServerResponse response, int status, String type, byte[] body) {
    response
        .status(status)
        .header(HeaderNames.CONTENT_TYPE, type)
        .header(REQUEST_ID, UUID.randomUUID().toString())
        .send(body);
  }
}
