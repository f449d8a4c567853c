package io.timebridge.stream;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The body of a FirstService webhook, in either of the two shapes in use. Reading is strict, since
 * what the door lets in is applied later without a person looking: valid UTF-8, one JSON object, no
 * duplicate keys, no NUL, at most {@value #MAX_DEPTH} levels deep.
 */
public sealed interface WebhookBody {
  /** Deepest nesting that is read. */
  int MAX_DEPTH = 32;

  /**
   * {@code {"payload": {"entity_id": .., "entity_path": ".."}}}: says that something happened, not
   * what.
   */
  record Thin(EntryId id, String entityPath) implements WebhookBody {
    /** Whether it speaks of an AI suggestion, which is not an entry. */
    public boolean isSuggestion() {
      return entityPath.contains("suggested_hours");
    }
  }

  /** {@code {"payload": {"id": .., ...}}}: the whole entry. {@code event} is the payload. */
  record Full(EntryId id, JsonNode event) implements WebhookBody {}

  /** Not a body we take. {@code field} names the culprit ({@code body} for the whole). */
  record Malformed(String field, String problem) implements WebhookBody {}

  /** Reads a body. Never throws. */
  static WebhookBody parse(byte[] body) {
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(body))
              .toString();
    } catch (CharacterCodingException invalid) {
      return new Malformed("body", "is not valid UTF-8");
    }
    if (text.indexOf('\0') >= 0) {
      return new Malformed("body", "contains a NUL byte");
    }
    JsonNode root;
    try {
      root = Strict.JSON.readTree(text);
    } catch (JacksonException notJson) {
      return new Malformed("body", Strict.reason(notJson));
    } catch (
        NumberFormatException absurd) { // an exponent beyond all bounds, not wrapped by Jackson
      return new Malformed("body", "holds a number that is out of range");
    }
    if (root == null || !root.isObject()) {
      return new Malformed("body", "is not a JSON object");
    }
    JsonNode payload = root.path("payload");
    if (!payload.isObject()) {
      return new Malformed("payload", "is missing or not an object");
    }
    return payload.has("entity_id") ? thin(payload) : full(payload);
  }

  private static WebhookBody thin(JsonNode payload) {
    Optional<EntryId> id = Strict.entryId(payload.path("entity_id"));
    if (id.isEmpty()) {
      return new Malformed("payload.entity_id", Strict.BAD_ID);
    }
    JsonNode path = payload.path("entity_path");
    return new Thin(id.get(), path.isString() ? path.stringValue() : "");
  }

  private static WebhookBody full(JsonNode payload) {
    JsonNode id = payload.path("id");
    if (id.isMissingNode()) {
      return new Malformed("payload.entity_id", "is missing, and so is payload.id");
    }
    return Strict.entryId(id)
        .<WebhookBody>map(entryId -> new Full(entryId, payload))
        .orElseGet(() -> new Malformed("payload.id", Strict.BAD_ID));
  }

  /** The strict reader; a holder because an interface has no private fields. */
  final class Strict {
    private static final String BAD_ID =
        "must be a whole number from 1 to 9223372036854775807, or a string of its digits";

    private static final JsonMapper JSON =
        JsonMapper.builder(
                JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                        StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(64)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private Strict() {}

    private static Optional<EntryId> entryId(JsonNode node) {
      if (node.isIntegralNumber()) {
        return EntryId.parse(node.bigIntegerValue().toString());
      }
      return node.isString() ? EntryId.parse(node.stringValue()) : Optional.empty();
    }

    private static String reason(JacksonException e) {
      String message = String.valueOf(e.getOriginalMessage());
      if (message.contains("nesting depth")) {
        return "is nested deeper than " + MAX_DEPTH + " levels";
      }
      return message.startsWith("Duplicate") ? "has a duplicate key" : "is not JSON";
    }
  }
}
