package io.timebridge.local.kinesis;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The fields of one request, read with the checks the service's model makes. Every failed check
 * throws a {@link KinesisError}.
 */
final class Request {

  static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Pattern STREAM_NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,128}");
  private static final Pattern STREAM_ARN =
      Pattern.compile("arn:aws[^:]*:kinesis:[^:]*:[^:]*:stream/([a-zA-Z0-9_.-]{1,128})(/.*)?");
  private static final Pattern SHARD_ID = Pattern.compile("shardId-(\\d{12})");
  private static final double MAX_SECONDS = 1e12;

  private final JsonNode body;

  private Request(JsonNode body) {
    this.body = body;
  }

  static Request parse(byte[] bytes) {
    JsonNode body;
    try {
      body = JSON.readTree(bytes);
    } catch (JacksonException notJson) {
      throw serialization("the request body is not JSON");
    }
    return of(body, "the request body");
  }

  private static Request of(JsonNode node, String what) {
    if (!node.isObject()) {
      throw serialization(what + " is not a JSON object");
    }
    return new Request(node);
  }

  private static KinesisError serialization(String reason) {
    return new KinesisError(KinesisError.Type.SERIALIZATION, reason);
  }

  Optional<String> text(String field) {
    return present(field).map(node -> asText(node, field));
  }

  private static String asText(JsonNode node, String field) {
    if (!node.isString()) {
      throw serialization(field + " is not a string");
    }
    return node.stringValue();
  }

  String required(String field) {
    return text(field).orElseThrow(() -> missing(field));
  }

  /** A required string whose length in characters has bounds. */
  String required(String field, int min, int max) {
    String value = required(field);
    if (value.length() < min || value.length() > max) {
      throw KinesisError.constraint(
          lowerFirst(field),
          "of length " + value.length(),
          "have length between " + min + " and " + max);
    }
    return value;
  }

  /** A required string of a form. */
  String required(String field, Pattern form) {
    String value = required(field);
    if (!form.matcher(value).matches()) {
      throw KinesisError.constraint(
          lowerFirst(field),
          "'" + shortened(value) + "'",
          "satisfy regular expression pattern: " + form);
    }
    return value;
  }

  int integer(String field, int min, int max, int otherwise) {
    return optionalInteger(field, min, max).orElse(otherwise);
  }

  int requiredInteger(String field, int min, int max) {
    return optionalInteger(field, min, max).orElseThrow(() -> missing(field));
  }

  Optional<Integer> optionalInteger(String field, int min, int max) {
    return present(field)
        .map(node -> {
          if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw serialization(field + " is not a whole number of 32 bits");
          }
          int value = node.intValue();
          if (value < min || value > max) {
            throw KinesisError.constraint(
                lowerFirst(field), String.valueOf(value), "be between " + min + " and " + max);
          }
          return value;
        });
  }

  /** A number from 0 to 1. */
  Optional<Double> share(String field) {
    return present(field)
        .map(node -> {
          double value = node.isNumber() ? node.doubleValue() : Double.NaN;
          if (!(value >= 0 && value <= 1)) {
            throw KinesisError.constraint(field, "of this call", "be a number from 0 to 1");
          }
          return value;
        });
  }

  boolean flag(String field) {
    return present(field).filter(JsonNode::asBoolean).isPresent();
  }

  /** A time, given as epoch seconds with a fraction. */
  Optional<Long> timestampMillis(String field) {
    return present(field)
        .map(node -> {
          double seconds = node.isNumber() ? node.doubleValue() : Double.NaN;
          if (!(Math.abs(seconds) < MAX_SECONDS)) {
            throw serialization(field + " is not a time in epoch seconds");
          }
          return Math.round(seconds * 1000);
        });
  }

  /** Binary data, which the protocol carries as Base64. */
  byte[] blob(String field) {
    try {
      return Base64.getDecoder().decode(required(field));
    } catch (IllegalArgumentException notBase64) {
      throw serialization(field + " is not Base64");
    }
  }

  Optional<Request> object(String field) {
    return present(field).map(node -> of(node, field));
  }

  List<Request> objects(String field, int min, int max) {
    JsonNode array = present(field).orElseThrow(() -> missing(field));
    List<Request> found = new ArrayList<>();
    for (JsonNode node : requireArray(array, field, min, max)) {
      found.add(of(node, "an element of " + field));
    }
    return found;
  }

  List<String> texts(String field, int min, int max) {
    JsonNode array = present(field).orElseThrow(() -> missing(field));
    List<String> found = new ArrayList<>();
    for (JsonNode node : requireArray(array, field, min, max)) {
      found.add(asText(node, "an element of " + field));
    }
    return found;
  }

  private static JsonNode requireArray(JsonNode node, String field, int min, int max) {
    if (!node.isArray()) {
      throw serialization(field + " is not an array");
    }
    if (node.size() < min || node.size() > max) {
      throw KinesisError.constraint(
          lowerFirst(field),
          "of length " + node.size(),
          "have length between " + min + " and " + max);
    }
    return node;
  }

  Map<String, String> textMap(String field, int max) {
    Map<String, String> found = new TreeMap<>();
    object(field)
        .ifPresent(map ->
            map.body
                .properties()
                .forEach(entry -> found.put(entry.getKey(), asText(entry.getValue(), field))));
    if (found.size() > max) {
      throw KinesisError.constraint(
          lowerFirst(field), "of size " + found.size(), "have at most " + max + " entries");
    }
    return found;
  }

  boolean has(String field) {
    return present(field).isPresent();
  }

  /**
   * The stream meant, by StreamName, StreamARN or both. Region and account of an ARN are not looked
   * at.
   */
  String streamName() {
    return optionalStreamName()
        .orElseThrow(() -> KinesisError.invalid("Either StreamName or StreamARN must be given."));
  }

  Optional<String> optionalStreamName() {
    Optional<String> byName =
        has("StreamName") ? Optional.of(required("StreamName", STREAM_NAME)) : Optional.empty();
    Optional<String> byArn = text("StreamARN").map(Request::streamOfArn);
    if (byName.isPresent() && byArn.isPresent() && !byName.equals(byArn)) {
      throw KinesisError.invalid(
          "StreamName and StreamARN name different streams: "
              + byName.get()
              + " and "
              + byArn.get()
              + ".");
    }
    return byName.or(() -> byArn);
  }

  static String streamOfArn(String arn) {
    var parsed = STREAM_ARN.matcher(arn);
    if (!parsed.matches()) {
      throw KinesisError.constraint(
          "streamARN", "'" + shortened(arn) + "'", "be the ARN of a stream");
    }
    return parsed.group(1);
  }

  Optional<Integer> shardIndex(String field) {
    return text(field).map(Request::shardIndexOf);
  }

  int requiredShardIndex(String field) {
    return shardIndexOf(required(field, 1, 128));
  }

  private static int shardIndexOf(String id) {
    var parsed = SHARD_ID.matcher(id);
    long index = parsed.matches() ? Long.parseLong(parsed.group(1)) : Long.MAX_VALUE;
    if (index > Integer.MAX_VALUE) {
      throw KinesisError.notFound("Could not find shard " + shortened(id) + ".");
    }
    return (int) index;
  }

  private Optional<JsonNode> present(String field) {
    return body.optional(field).filter(node -> !node.isNull());
  }

  private static KinesisError missing(String field) {
    return KinesisError.constraint(lowerFirst(field), "null", "not be null");
  }

  private static String lowerFirst(String field) {
    return Character.toLowerCase(field.charAt(0)) + field.substring(1);
  }

  private static String shortened(String value) {
    return value.length() <= 100 ? value : value.substring(0, 100) + "...";
  }
}
