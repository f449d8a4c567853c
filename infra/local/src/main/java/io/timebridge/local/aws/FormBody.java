package io.timebridge.local.aws;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a request in AWS's Query protocol, and the lists and maps written in them
 * ({@code Attributes.entry.1.key}). Immutable.
 */
record FormBody(Map<String, String> values) {
  /** More parameters than the largest batch with all its attributes has. */
  private static final int MAX_PARAMETERS = 2_000;

  /** Members of one list or map; the largest the services here allow is ten. */
  private static final int MAX_MEMBERS = 100;

  static FormBody parse(String encoded) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : encoded.split("&", MAX_PARAMETERS + 1)) {
      if (values.size() >= MAX_PARAMETERS) {
        throw ServiceError.of(
            "MalformedQueryString", "more than " + MAX_PARAMETERS + " parameters");
      }
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return new FormBody(values);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ServiceError.of("MalformedQueryString", "not URL-encoded: " + e.getMessage());
    }
  }

  Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** The value, which may not be absent. */
  String need(String name) {
    return get(name)
        .orElseThrow(() ->
            ServiceError.of("InvalidParameter", "Invalid parameter: " + name + " is missing"));
  }

  /** The members of the list {@code prefix.1}, {@code prefix.2}, ... each as its own form. */
  List<FormBody> members(String prefix) {
    List<FormBody> members = new ArrayList<>();
    for (int n = 1; n <= MAX_MEMBERS; n++) {
      FormBody member = below(prefix + "." + n + ".");
      if (member.values.isEmpty()) {
        break;
      }
      members.add(member);
    }
    return members;
  }

  /** The map {@code prefix.entry.N.key} -> {@code prefix.entry.N.value}. */
  Map<String, String> map(String prefix) {
    Map<String, String> map = new LinkedHashMap<>();
    members(prefix + ".entry").forEach(e -> map.put(e.need("key"), e.need("value")));
    return map;
  }

  private FormBody below(String prefix) {
    Map<String, String> below = new LinkedHashMap<>();
    values.forEach((key, value) -> {
      if (key.startsWith(prefix)) {
        below.put(key.substring(prefix.length()), value);
      }
    });
    return new FormBody(below);
  }
}
