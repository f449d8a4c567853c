package io.timebridge.local.sim.first;

import io.timebridge.local.sim.http.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a create or update, read one by one; what is wrong with them is collected. A field
 * that is not there keeps its old value. Fields that nobody asks for are ignored. Not thread-safe.
 */
final class Fields {
  private final JsonNode node;
  private final ObjectNode errors = Json.object();

  Fields(JsonNode node) {
    this.node = node;
  }

  ObjectNode errors() {
    return errors;
  }

  void wrong(String field, String why) {
    errors.withArray(field).add(why);
  }

  /** A text that must not be blank, and must be there if there is no old one. */
  String name(String field, @Nullable String old) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() && old != null) {
      return old;
    }
    if (!value.isString() || value.stringValue().isBlank()) {
      wrong(field, "can't be blank");
      return "";
    }
    return value.stringValue();
  }

  /** A text, number or null; kept as text. */
  @Nullable String code(String field, @Nullable String old) {
    JsonNode value = node.path(field);
    if (value.isMissingNode()) {
      return old;
    }
    if (value.isNull()) {
      return null;
    }
    if (!value.isString() && !value.isIntegralNumber()) {
      wrong(field, "is invalid");
      return old;
    }
    return value.asString();
  }

  boolean flag(String field, boolean old) {
    JsonNode value = node.path(field);
    if (value.isMissingNode()) {
      return old;
    }
    if (!value.isBoolean()) {
      wrong(field, "is invalid");
      return old;
    }
    return value.booleanValue();
  }

  String oneOf(String field, String old, List<String> allowed) {
    JsonNode value = node.path(field);
    if (value.isMissingNode()) {
      return old;
    }
    if (!value.isString() || !allowed.contains(value.stringValue())) {
      wrong(field, "is not included in the list");
      return old;
    }
    return value.stringValue();
  }

  List<Long> ids(String field, List<Long> old) {
    JsonNode value = node.path(field);
    if (value.isMissingNode()) {
      return old;
    }
    List<Long> ids = new ArrayList<>();
    for (JsonNode id : value) {
      if (id.isIntegralNumber() && id.canConvertToLong()) {
        ids.add(id.longValue());
      } else {
        wrong(field, "is invalid");
      }
    }
    return List.copyOf(ids);
  }

  List<String> names(String field) {
    List<String> names = new ArrayList<>();
    for (JsonNode name : node.path(field)) {
      if (name.isString() && name.stringValue().matches("[a-z_]+:[a-z_]+")) {
        names.add(name.stringValue());
      } else {
        wrong(field, "is invalid");
      }
    }
    if (names.isEmpty()) {
      wrong(field, "can't be blank");
    }
    return List.copyOf(names);
  }

  /** {@code field_id}, or the id inside {@code field}; empty when neither is there. */
  Optional<Long> reference(String field) {
    JsonNode direct = node.path(field + "_id");
    JsonNode value = direct.isMissingNode() ? node.path(field).path("id") : direct;
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    boolean good = value.isIntegralNumber() && value.canConvertToLong();
    return Optional.of(good ? value.longValue() : -1);
  }
}
