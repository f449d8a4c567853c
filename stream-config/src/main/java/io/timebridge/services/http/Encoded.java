package io.timebridge.services.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** Texts as they travel: form bodies, queries and paths, cookie values. All of it in UTF-8. */
public final class Encoded {
  private Encoded() {}

  /** {@code application/x-www-form-urlencoded}, in the map's order. */
  public static HttpCall.Body form(Map<String, String> fields) {
    String text =
        fields.entrySet().stream()
            .map(f ->
                URLEncoder.encode(f.getKey(), StandardCharsets.UTF_8)
                    + "="
                    + URLEncoder.encode(f.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return new HttpCall.Body("application/x-www-form-urlencoded; charset=UTF-8", text);
  }

  /** A query without its question mark, in the map's order. */
  public static String query(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(p -> percent(p.getKey()) + "=" + percent(p.getValue()))
        .collect(Collectors.joining("&"));
  }

  /** One part of a path or query: everything but RFC 3986's unreserved characters is encoded. */
  public static String percent(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  /**
   * A cookie value that we make: characters that a cookie may hold (RFC 6265) stay as they are,
   * except {@code %} and {@code +}, which a reader might decode; all others are percent-encoded.
   */
  public static String cookie(String text) {
    StringBuilder value = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          String one = Character.toString(c);
          value.append(isCookieOctet(c) && c != '%' && c != '+' ? one : percent(one));
        });
    return value.toString();
  }

  /** A cookie value that a service made: goes back as it came, if a cookie may hold it. */
  public static String foreignCookie(String text) {
    return text.codePoints().allMatch(Encoded::isCookieOctet) ? text : cookie(text);
  }

  private static boolean isCookieOctet(int c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
  }
}
