package io.timebridge.ingest.gateway;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.timebridge.http.ReadingWatch;
import io.timebridge.logs.Logs;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.tracing.Tracing;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Every request of the gateway, from its head to its answer. Checks in this order: route, method,
 * media type, encoding, size, and then what {@link Acceptance} checks.
 */
final class RequestHandler implements Handler {
  private static final String OVERLOADED_RETRY_SECONDS = "1";
  private static final String STREAM_RETRY_SECONDS = "5";

  /** From this status on it is not the sender who is to blame. */
  private static final int FAILED_FROM = 500;

  private final Acceptance acceptance;
  private final ReadingWatch watch;
  private final RefusalLog log;
  private final BooleanSupplier ready;
  private final LongSupplier nanos;
  private final GatewayListener listener;
  private final Tracing tracing;

  RequestHandler(
      Acceptance acceptance,
      ReadingWatch watch,
      RefusalLog log,
      BooleanSupplier ready,
      LongSupplier nanos,
      GatewayListener listener,
      Tracing tracing) {
    this.tracing = tracing;
    this.nanos = nanos;
    this.listener = listener;
    this.acceptance = acceptance;
    this.watch = watch;
    this.log = log;
    this.ready = ready;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    long began = nanos.getAsLong();
    BodyReader body = new BodyReader(request);
    String path = request.path().absolute().rawPath();
    String route =
        switch (path) {
          case "/health" -> state(request, response, body, true);
          case "/ready" -> state(request, response, body, ready.getAsBoolean());
          default -> webhook(path, request, response, body);
        };
    listener.answered(route, response.status().code(), nanos.getAsLong() - began);
  }

  private String state(
      ServerRequest request, ServerResponse response, BodyReader body, boolean well) {
    if (!request.prologue().method().equals(Method.GET)) {
      response.header(HeaderNames.ALLOW, "GET");
      return refuse(notAllowed("GET"), "state", response, body);
    }
    finish(response, body);
    response.status(well ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503);
    send(response, "{\"status\":\"" + (well ? "up" : "not ready") + "\"}");
    return "state";
  }

  /** The route, as it is counted. */
  private String webhook(
      String path, ServerRequest request, ServerResponse response, BodyReader body) {
    Optional<Route> route = RequestHead.route(path);
    if (route.isEmpty()) {
      return refuse(
          new Refusal(Refusal.Code.UNKNOWN_ROUTE, "path", "there is no such route"),
          "unknown",
          response,
          body);
    }
    String name = route.get().path();
    if (!request.prologue().method().equals(Method.POST)) {
      response.header(HeaderNames.ALLOW, "POST");
      return refuse(notAllowed("POST"), name, response, body);
    }
    Optional<Refusal> unsupported = RequestHead.unsupported(request.headers());
    if (unsupported.isPresent()) {
      return refuse(unsupported.get(), name, response, body);
    }
    Optional<byte[]> bytes = body.read();
    if (bytes.isEmpty()) {
      return refuse(tooLarge(), name, response, body);
    }
    watch.end();
    switch (acceptance.check(RequestHead.kept(request.headers()), bytes.get())) {
      case Acceptance.Check.Unsigned(Refusal refusal) -> {
        try (Logs.Fields _ = Logs.with(fields(name, null))) {
          send(refusal, name, response);
        }
      }
      case Acceptance.Check.Signed signed -> {
        Optional<String> trace = RequestHead.trace(request.headers());
        signed(route.get(), signed, trace.orElse(null), response);
      }
    }
    return name;
  }

  /** Traced only from here on: who cannot sign has no say about what is traced. */
  private void signed(
      Route route,
      Acceptance.Check.Signed webhook,
      @Nullable String trace,
      ServerResponse response) {
    String name = route.path();
    try (Tracing.Piece piece = tracing.request("POST /" + name, trace);
        Logs.Fields _ = Logs.with(fields(name, piece.traceparent()))) {
      answer(acceptance.decide(route, webhook, piece.traceparent()), name, response);
      piece.outcome(
          Integer.toString(response.status().code()), response.status().code() >= FAILED_FROM);
    }
  }

  private static Map<String, String> fields(String route, @Nullable String trace) {
    String id = Logs.traceId(trace);
    return id.isEmpty() ? Map.of("route", route) : Map.of("route", route, Logs.TRACE_ID, id);
  }

  private void answer(Acceptance.Decision decision, String route, ServerResponse response) {
    switch (decision) {
      case Acceptance.Decision.Accepted(String id) -> {
        response.status(Status.ACCEPTED_202);
        send(response, "{\"id\":\"" + id + "\"}");
      }
      case Acceptance.Decision.Refused(Refusal refusal) -> send(refusal, route, response);
    }
  }

  private String refuse(Refusal refusal, String route, ServerResponse response, BodyReader body) {
    finish(response, body);
    send(refusal, route, response);
    return route;
  }

  private void finish(ServerResponse response, BodyReader body) {
    if (!body.drain()) {
      response.header(HeaderValues.CONNECTION_CLOSE);
    }
    watch.end();
  }

  private void send(Refusal refusal, String route, ServerResponse response) {
    log.add(refusal, route);
    response.status(refusal.code().status());
    switch (refusal.code()) {
      case OVERLOADED -> response.header(HeaderNames.RETRY_AFTER, OVERLOADED_RETRY_SECONDS);
      case STREAM_UNAVAILABLE -> response.header(HeaderNames.RETRY_AFTER, STREAM_RETRY_SECONDS);
      case UNKNOWN_ROUTE,
          METHOD_NOT_ALLOWED,
          UNSUPPORTED_MEDIA_TYPE,
          UNSUPPORTED_ENCODING,
          TOO_LARGE,
          BAD_SIGNATURE,
          MALFORMED,
          BAD_REQUEST,
          INTERNAL -> {}
    }
    send(response, new String(refusal.json(), StandardCharsets.UTF_8));
  }

  private static void send(ServerResponse response, String json) {
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Refusal notAllowed(String allowed) {
    return new Refusal(Refusal.Code.METHOD_NOT_ALLOWED, "method", "only " + allowed);
  }

  static Refusal tooLarge() {
    return new Refusal(
        Refusal.Code.TOO_LARGE, "body", "has more than " + Envelope.MAX_BODY_BYTES + " bytes");
  }
}
