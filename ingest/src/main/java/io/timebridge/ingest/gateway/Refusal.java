package io.timebridge.ingest.gateway;

import io.helidon.http.Status;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Why a request was not accepted.
 *
 * @param field what is wrong: a path into the body, a header, or a part of the request
 * @param message for the sender; never holds a secret, a signature or the body
 */
record Refusal(Code code, String field, String message) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The classes of refusals, with the status each is answered with. */
  enum Code {
    UNKNOWN_ROUTE(Status.NOT_FOUND_404),
    METHOD_NOT_ALLOWED(Status.METHOD_NOT_ALLOWED_405),
    UNSUPPORTED_MEDIA_TYPE(Status.UNSUPPORTED_MEDIA_TYPE_415),
    UNSUPPORTED_ENCODING(Status.UNSUPPORTED_MEDIA_TYPE_415),
    TOO_LARGE(Status.REQUEST_ENTITY_TOO_LARGE_413),
    BAD_SIGNATURE(Status.UNAUTHORIZED_401),
    MALFORMED(Status.BAD_REQUEST_400),
    OVERLOADED(Status.SERVICE_UNAVAILABLE_503),
    STREAM_UNAVAILABLE(Status.SERVICE_UNAVAILABLE_503),
    BAD_REQUEST(Status.BAD_REQUEST_400),
    INTERNAL(Status.INTERNAL_SERVER_ERROR_500);

    private final int status;

    Code(Status status) {
      this.status = status.code();
    }

    Status status() {
      return Status.create(status);
    }

    /** Its name in answers and logs. */
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** {@code {"error":{"code":..,"field":..,"message":..}}}. */
  byte[] json() {
    ObjectNode root = JSON.createObjectNode();
    root.putObject("error").put("code", code.text()).put("field", field).put("message", message);
    return root.toString().getBytes(StandardCharsets.UTF_8);
  }
}
