package io.timebridge.ingest.gateway;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;

/**
 * Answers to what Helidon itself refuses (a request line or headers it cannot read, a body past its
 * limit, a defect of ours), in the gateway's own form. Helidon's messages are not passed on: they
 * may quote the request.
 */
final class TransportErrors implements DirectHandler {
  private final RefusalLog log;
  private final GatewayListener listener;

  private TransportErrors(RefusalLog log, GatewayListener listener) {
    this.log = log;
    this.listener = listener;
  }

  static DirectHandlers handlers(RefusalLog log, GatewayListener listener) {
    DirectHandlers.Builder builder = DirectHandlers.builder();
    for (EventType type : EventType.values()) {
      builder.addHandler(type, new TransportErrors(log, listener));
    }
    return builder.build();
  }

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType type,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    Refusal refusal = refusal(status);
    log.add(refusal, "unknown");
    Status answer = refusal.code() == Refusal.Code.BAD_REQUEST ? status : refusal.code().status();
    listener.answered("unknown", answer.code(), 0);
    return TransportResponse.builder()
        .status(answer)
        .headers(headers)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .keepAlive(false)
        .entity(refusal.json())
        .build();
  }

  private static Refusal refusal(Status status) {
    if (status.code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()) {
      return RequestHandler.tooLarge();
    }
    return status.code() >= 500
        ? new Refusal(Refusal.Code.INTERNAL, "request", "the gateway failed")
        : new Refusal(
            Refusal.Code.BAD_REQUEST, "request", "the request line or a header is not acceptable");
  }
}
