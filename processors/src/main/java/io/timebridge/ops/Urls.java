package io.timebridge.ops;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** Texts as parts of an address. */
public final class Urls {
  private Urls() {}

  /** For a path's segment or a query's value. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A query of what is not empty, with its question mark; empty without any. */
  public static String query(Map<String, String> values) {
    String joined =
        values.entrySet().stream()
            .filter(e -> !e.getValue().isEmpty())
            .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
            .collect(Collectors.joining("&"));
    return joined.isEmpty() ? "" : "?" + joined;
  }
}
