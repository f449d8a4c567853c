package io.timebridge.local.aws;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A message as it was published.
 *
 * @param number counts every message of this server from 1
 * @param byProtocol the text for one protocol where it differs from {@code text}
 */
record SnsMessage(
    long number,
    String id,
    String topicArn,
    Instant at,
    Optional<String> subject,
    String text,
    Map<String, String> byProtocol,
    Map<String, Attribute> attributes) {

  SnsMessage {
    byProtocol = Map.copyOf(byProtocol);
    attributes = Map.copyOf(attributes);
  }

  /**
   * A message attribute.
   *
   * @param value the text, or base64 where {@code type} starts with Binary
   */
  record Attribute(String type, String value) {
    boolean isBinary() {
      return type.startsWith("Binary");
    }
  }

  String textFor(String protocol) {
    return byProtocol.getOrDefault(protocol, text);
  }
}
