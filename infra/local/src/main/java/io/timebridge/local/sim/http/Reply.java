package io.timebridge.local.sim.http;

import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * One answer.
 *
 * @param status the HTTP status
 * @param headers the headers, Content-Type included; Content-Length is added when it is sent
 * @param body the body, sent as UTF-8
 */
public record Reply(int status, Map<String, String> headers, String body) {
  /** Copies the headers. */
  public Reply {
    headers = Map.copyOf(headers);
  }

  /** A JSON answer. */
  public static Reply json(int status, JsonNode node) {
    return new Reply(
        status, Map.of("Content-Type", "application/json; charset=utf-8"), Json.text(node));
  }

  /** A JSON answer with status 200. */
  public static Reply ok(JsonNode node) {
    return json(200, node);
  }

  /** An HTML page with this title and text. */
  public static Reply html(int status, String title, String text) {
    String page =
        "<!DOCTYPE html>\n<html><head><title>%s</title></head>\n<body><h1>%s</h1>%s</body></html>\n"
            .formatted(title, title, text);
    return new Reply(status, Map.of("Content-Type", "text/html; charset=utf-8"), page);
  }

  /** An answer without a body. */
  public static Reply empty(int status) {
    return new Reply(status, Map.of(), "");
  }

  /** What the control API says to a request it cannot follow. */
  public static Reply controlError(int status, String message) {
    return json(status, Json.object().put("error", message));
  }

  /** The same answer with one header more. */
  public Reply withHeader(String name, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(name, value);
    return new Reply(status, more, body);
  }
}
