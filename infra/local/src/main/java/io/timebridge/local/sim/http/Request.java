package io.timebridge.local.sim.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One call as it arrived.
 *
 * @param method the HTTP method
 * @param path the path, still percent-encoded
 * @param rawQuery the query, still percent-encoded; empty when there is none
 * @param headers the first value of each header, names in lower case
 * @param body the body as UTF-8 text, at most 1 MiB
 * @param lists how lists are to be answered; anything but whole is a fault
 */
public record Request(
    String method,
    String path,
    String rawQuery,
    Map<String, String> headers,
    String body,
    Lists lists) {

  /** How a list is answered. */
  public enum Lists {
    /** As it is. */
    WHOLE,
    /** Without rows. */
    EMPTY,
    /** The first half of its rows. */
    HALF,
    /** Every row twice. */
    DOUBLED,
    /** Its columns in the reverse order, where its header says which is which. */
    MOVED,
    /** Every number as a string. */
    TEXTS,
    /** Without the header that says which column is which, where there is one. */
    HEADLESS,
    /** Without the last of its known columns. */
    NARROW
  }

  private static final String FORM = "application/x-www-form-urlencoded";

  /** Copies the headers. */
  public Request {
    headers = Map.copyOf(headers);
  }

  /** {@code METHOD /path?query}: what a fault's regex is matched against. */
  public String line() {
    return method + " " + path + (rawQuery.isEmpty() ? "" : "?" + rawQuery);
  }

  /** A decoded query parameter, empty when absent. */
  public String query(String name) {
    return parameters(rawQuery).getOrDefault(name, "");
  }

  /** A header's value, empty when absent. */
  public String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }

  /** The decoded form fields; none when the body is not declared as a form. */
  public Map<String, String> form() {
    return header("content-type").toLowerCase(Locale.ROOT).startsWith(FORM)
        ? parameters(body)
        : Map.of();
  }

  /** A cookie's value, empty when absent. */
  public String cookie(String name) {
    for (String pair : header("cookie").split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
        return pair.substring(equals + 1).strip();
      }
    }
    return "";
  }

  /** The same call, to be answered with such lists. */
  Request withLists(Lists such) {
    return new Request(method, path, rawQuery, headers, body, such);
  }

  private static Map<String, String> parameters(String encoded) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : encoded.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals >= 0) {
        parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      } else if (!pair.isEmpty()) {
        parameters.put(decoded(pair), "");
      }
    }
    return parameters;
  }

  private static String decoded(String encoded) {
    try {
      return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new BadRequest("'" + encoded + "' is not percent-encoded: " + e.getMessage());
    }
  }
}
