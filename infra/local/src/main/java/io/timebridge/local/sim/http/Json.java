package io.timebridge.local.sim.http;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as the simulators read and write it: decimals exact, fields of a wrong type refused by name.
 */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private Json() {}

  /** A new empty object. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** A new empty array. */
  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /**
   * Reads one JSON value.
   *
   * @throws BadRequest if the text is empty or not JSON
   */
  public static JsonNode parse(String text) {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node == null || node.isMissingNode()) {
        throw new BadRequest("the body is empty; send JSON");
      }
      return node;
    } catch (JacksonException e) {
      throw new BadRequest("the body is not JSON: " + e.getOriginalMessage());
    }
  }

  /** The compact text of a value. */
  public static String text(JsonNode node) {
    return MAPPER.writeValueAsString(node);
  }

  /** Whether the field is there and not null. */
  public static boolean has(JsonNode node, String field) {
    return node.hasNonNull(field);
  }

  /**
   * A field that must be a string.
   *
   * @throws BadRequest if it is missing or something else
   */
  public static String string(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isString()) {
      throw wrong(field, value, "a string");
    }
    return value.stringValue();
  }

  /** A field that may be missing or null, and must be a string otherwise. */
  public static Optional<String> optionalString(JsonNode node, String field) {
    return has(node, field) ? Optional.of(string(node, field)) : Optional.empty();
  }

  /**
   * A field that must be a whole number within a long.
   *
   * @throws BadRequest if it is missing or something else
   */
  public static long whole(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(field, value, "a whole number");
    }
    return value.longValue();
  }

  /** As {@link #whole(JsonNode, String)}, with a value for a missing or null field. */
  public static long whole(JsonNode node, String field, long ifMissing) {
    return has(node, field) ? whole(node, field) : ifMissing;
  }

  /** A true or false field, with a value for a missing or null one. */
  public static boolean flag(JsonNode node, String field, boolean ifMissing) {
    JsonNode value = node.path(field);
    if (!has(node, field)) {
      return ifMissing;
    }
    if (!value.isBoolean()) {
      throw wrong(field, value, "true or false");
    }
    return value.booleanValue();
  }

  /** A probability between 0 and 1, with a value for a missing or null field. */
  public static double probability(JsonNode node, String field, double ifMissing) {
    JsonNode value = node.path(field);
    if (!has(node, field)) {
      return ifMissing;
    }
    if (!value.isNumber() || value.doubleValue() < 0 || value.doubleValue() > 1) {
      throw wrong(field, value, "a number from 0 to 1");
    }
    return value.doubleValue();
  }

  private static BadRequest wrong(String field, JsonNode value, String allowed) {
    return new BadRequest("field " + field + " is " + value + "; it must be " + allowed);
  }
}
