package io.timebridge.backup;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.OptionalLong;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a backup has to know of an entry's JSON: its id, its version, whether two are the same. */
final class EntryJson {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /** Numbers by value (1.5 is 1.50), all else as it is; 0 means the same. */
  private static final Comparator<JsonNode> BY_VALUE =
      (a, b) -> {
        boolean same =
            (a.isNumber() && b.isNumber())
                ? a.decimalValue().compareTo(b.decimalValue()) == 0
                : a.equals(b);
        return same ? 0 : 1;
      };

  private EntryJson() {}

  /** {@code updated_at} as a positive whole number; empty when it is anything else. */
  static OptionalLong version(JsonNode event) {
    JsonNode value = event.path("updated_at");
    return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() > 0
        ? OptionalLong.of(value.longValue())
        : OptionalLong.empty();
  }

  static boolean saysDeleted(JsonNode event) {
    return event.path("deleted").asBoolean(false);
  }

  /** Whether the event says that it is of another entry. */
  static boolean isOfAnother(JsonNode event, long entryId) {
    JsonNode id = event.path("id");
    return (id.isNumber() || id.isString()) && !id.asString().equals(Long.toString(entryId));
  }

  static String compact(JsonNode event) {
    return JSON.writeValueAsString(event);
  }

  static int bytes(String body) {
    return body.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Whether a kept body says the same as an event. */
  static boolean same(String body, JsonNode event) {
    return !body.isEmpty() && JSON.readTree(body).equals(BY_VALUE, event);
  }
}
