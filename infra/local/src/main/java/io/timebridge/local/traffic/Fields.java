package io.timebridge.local.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Reads the fields of a simulator's state; what has to be there and is not is an error. */
final class Fields {
  private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");

  private Fields() {}

  static List<JsonNode> list(JsonNode state, String field) {
    JsonNode list = state.path(field);
    if (!list.isArray()) {
      throw new IllegalArgumentException("the state has no list " + field);
    }
    return new ArrayList<>(list.values());
  }

  static long id(JsonNode node, String field) {
    return optionalId(node, field)
        .orElseThrow(() -> new IllegalArgumentException("no id in %s: %s".formatted(field, node)));
  }

  /** A positive whole number, or text that is one; empty for everything else. */
  static Optional<Long> optionalId(JsonNode node, String field) {
    JsonNode value = node.path(field);
    String text = value.isNumber() || value.isString() ? value.asString().strip() : "";
    return ID.matcher(text).matches() ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  /** The text; empty for null, missing, or something else. */
  static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isString() || value.isNumber() ? value.asString() : "";
  }

  static boolean flag(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isBoolean() && value.booleanValue();
  }
}
