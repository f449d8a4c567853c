package io.timebridge.stream;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON form of an {@link Envelope}, as {@code envelope.schema.json} describes it. Forward
 * compatible: unknown fields are ignored; an unknown version, an unknown route or anything
 * unreadable is an {@link Decoded.Unreadable}, never an exception. Thread-safe.
 */
public final class EnvelopeCodec {
  /** Largest record a stream can carry: 1 MiB; nothing longer is parsed. */
  private static final int MAX_RECORD_BYTES = 1024 * 1024;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(16)
                          .maxStringLength(MAX_RECORD_BYTES)
                          .maxNumberLength(32)
                          .build())
                  .build())
          .build();

  private EnvelopeCodec() {}

  /** What a record turned out to be. */
  public sealed interface Decoded {
    record Read(Envelope envelope) implements Decoded {}

    /** To be quarantined. {@code detail} names what is wrong, without the payload. */
    record Unreadable(Reason reason, String detail) implements Decoded {}
  }

  /** Why a record cannot be read. */
  public enum Reason {
    NOT_JSON,
    UNKNOWN_VERSION,
    BAD_FIELD
  }

  /** The record's bytes: compact UTF-8 JSON. */
  public static byte[] encode(Envelope envelope) {
    ObjectNode node = JSON.createObjectNode();
    node.put("v", Envelope.VERSION);
    node.put("id", envelope.id());
    node.put("source", envelope.source().text());
    node.put("route", envelope.route().path());
    node.put("key", envelope.key());
    node.put("receivedAtMillis", envelope.receivedAt().toEpochMilli());
    ObjectNode headers = node.putObject("headers");
    envelope.headers().forEach(headers::put);
    node.put("body", Base64.getEncoder().encodeToString(envelope.body()));
    if (envelope.trace() != null) {
      node.put("trace", envelope.trace());
    }
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Reads a record. Never throws. */
  public static Decoded decode(byte[] record) {
    if (record.length > MAX_RECORD_BYTES) {
      return new Decoded.Unreadable(Reason.NOT_JSON, "longer than 1 MiB: " + record.length);
    }
    JsonNode node;
    try {
      node = JSON.readTree(record);
    } catch (JacksonException notJson) {
      return new Decoded.Unreadable(Reason.NOT_JSON, "not JSON");
    }
    if (!node.isObject()) {
      return new Decoded.Unreadable(Reason.NOT_JSON, "not a JSON object");
    }
    JsonNode version = node.path("v");
    if (!version.isIntegralNumber()) {
      return new Decoded.Unreadable(Reason.BAD_FIELD, "v: missing or not a whole number");
    }
    if (version.bigIntegerValue().bitLength() > 31 || version.intValue() != Envelope.VERSION) {
      return new Decoded.Unreadable(
          Reason.UNKNOWN_VERSION, "envelope version " + version.asString() + ", known: 1");
    }
    try {
      return new Decoded.Read(read(node));
    } catch (BadField bad) {
      return new Decoded.Unreadable(Reason.BAD_FIELD, String.valueOf(bad.getMessage()));
    }
  }

  private static Envelope read(JsonNode node) throws BadField {
    JsonNode millis = node.path("receivedAtMillis");
    if (!millis.isIntegralNumber() || !millis.canConvertToLong() || millis.longValue() < 0) {
      throw new BadField("receivedAtMillis: missing or not milliseconds since 1970");
    }
    String routeText = text(node, "route", 64);
    Route route =
        Route.of(routeText).orElseThrow(() -> new BadField("route: unknown: " + shown(routeText)));
    String sourceText = text(node, "source", 64);
    Envelope.Source source =
        Arrays.stream(Envelope.Source.values())
            .filter(s -> s.text().equals(sourceText))
            .findFirst()
            .orElseThrow(() -> new BadField("source: unknown: " + shown(sourceText)));
    return new Envelope(
        text(node, "id", 256),
        source,
        route,
        text(node, "key", 256),
        Instant.ofEpochMilli(millis.longValue()),
        headers(node.path("headers")),
        body(node.path("body")),
        trace(node));
  }

  private static byte[] body(JsonNode body) throws BadField {
    if (!body.isString()) {
      throw new BadField("body: missing or not text");
    }
    try {
      return Base64.getDecoder().decode(body.stringValue());
    } catch (IllegalArgumentException notBase64) {
      throw new BadField("body: not base64");
    }
  }

  private static Map<String, String> headers(JsonNode node) throws BadField {
    Map<String, String> headers = new HashMap<>();
    if (node.isMissingNode() || node.isNull()) {
      return headers;
    }
    if (!node.isObject() || node.size() > Envelope.MAX_HEADERS) {
      throw new BadField("headers: not an object of at most 32 fields");
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!field.getValue().isString()) {
        throw new BadField("headers." + shown(field.getKey()) + ": not text");
      }
      headers.put(field.getKey(), field.getValue().stringValue());
    }
    return headers;
  }

  private static @Nullable String trace(JsonNode node) {
    return Optional.of(node.path("trace"))
        .filter(JsonNode::isString)
        .map(JsonNode::stringValue)
        .filter(t -> !t.isEmpty() && t.length() <= 256)
        .orElse(null);
  }

  private static String text(JsonNode node, String field, int max) throws BadField {
    JsonNode value = node.path(field);
    if (!value.isString() || value.stringValue().isEmpty() || value.stringValue().length() > max) {
      throw new BadField(field + ": missing, empty, or not text of at most " + max + " characters");
    }
    return value.stringValue();
  }

  /** A foreign text that is fit for a log: printable ASCII, at most 64 characters. */
  private static String shown(String text) {
    String start = text.length() > 64 ? text.substring(0, 64) + "..." : text;
    return start.replaceAll("[^ -~]", "?");
  }

  private static final class BadField extends Exception {
    private static final long serialVersionUID = 1L;

    BadField(String message) {
      super(message, null, false, false);
    }
  }
}
