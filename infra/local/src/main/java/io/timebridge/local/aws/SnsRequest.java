package io.timebridge.local.aws;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What SNS demands of the parameters of a request; every method refuses with its error. */
final class SnsRequest {
  /** Message and attributes together, also of a whole batch. */
  static final int MAX_MESSAGE_BYTES = 256 * 1024;

  private static final Pattern TOPIC_NAME = Pattern.compile("[A-Za-z0-9_-]{1,256}");
  private static final Pattern QUEUE_ARN =
      Pattern.compile("arn:aws:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}");
  private static final Pattern SUBJECT = Pattern.compile("\\P{Cntrl}{1,100}");
  private static final Pattern ATTRIBUTE_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,256}");
  private static final Pattern ATTRIBUTE_TYPE =
      Pattern.compile("(String|Number|Binary|String\\.Array)(\\.[A-Za-z0-9_.-]+)?");

  private SnsRequest() {}

  static String topicName(FormBody form) {
    String name = form.need("Name");
    if (name.endsWith(".fifo")) {
      throw invalid("Name", "FIFO topics are not offered locally");
    }
    if (!TOPIC_NAME.matcher(name).matches()) {
      throw invalid("Name", "Topic Name");
    }
    return name;
  }

  /** The topic of a publish. */
  static String target(FormBody form) {
    return form.get("TopicArn")
        .or(() -> form.get("TargetArn"))
        .orElseGet(() -> form.need("TopicArn"));
  }

  /** The endpoint of a subscription, checked for its protocol. */
  static String endpoint(String protocol, String endpoint) {
    switch (protocol) {
      case "sqs" -> {
        if (!QUEUE_ARN.matcher(endpoint).matches()) {
          throw invalid("Endpoint", "a standard topic delivers to the ARN of a standard SQS queue");
        }
      }
      case "http", "https" -> {
        if (!endpoint.startsWith(protocol + "://") || !isUrl(endpoint)) {
          throw invalid("Endpoint", "must be a URL that starts with " + protocol + "://");
        }
      }
      default -> throw invalid("Protocol", protocol + " is not offered locally");
    }
    return endpoint;
  }

  private static boolean isUrl(String text) {
    try {
      return URI.create(text).getHost() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The one attribute of a subscription that is offered, where it is given. */
  static Optional<Boolean> raw(Map<String, String> attributes) {
    attributes.keySet().stream()
        .filter(name -> !name.equals("RawMessageDelivery"))
        .findFirst()
        .ifPresent(name -> {
          throw invalid("Attributes", name + " is not offered locally");
        });
    return Optional.ofNullable(attributes.get("RawMessageDelivery"))
        .map(value ->
            switch (value) {
              case "true" -> true;
              case "false" -> false;
              default -> throw invalid("Attributes", "RawMessageDelivery: " + value);
            });
  }

  static Optional<String> subject(FormBody form) {
    Optional<String> subject = form.get("Subject");
    if (subject.isPresent() && !SUBJECT.matcher(subject.get()).matches()) {
      throw invalid("Subject", "1 to 100 characters, no control characters");
    }
    return subject;
  }

  /** The texts per protocol where {@code MessageStructure} is json, else none. */
  static Map<String, String> byProtocol(JsonMapper json, FormBody form, String text) {
    Optional<String> structure = form.get("MessageStructure");
    if (structure.isEmpty()) {
      return Map.of();
    }
    if (!structure.get().equals("json")) {
      throw invalid("MessageStructure", structure.get());
    }
    try {
      JsonNode node = json.readTree(text);
      Map<String, String> texts = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        if (entry.getValue().isString()) {
          texts.put(entry.getKey(), entry.getValue().stringValue());
        }
      }
      if (!texts.containsKey("default")) {
        throw invalid("Message", "Message Structure - No default entry in JSON message body");
      }
      return texts;
    } catch (JacksonException e) {
      throw invalid("Message", "Message Structure - JSON message body failed to parse");
    }
  }

  static Map<String, SnsMessage.Attribute> attributes(FormBody form) {
    Map<String, SnsMessage.Attribute> attributes = new LinkedHashMap<>();
    for (FormBody entry : form.members("MessageAttributes.entry")) {
      String name = entry.need("Name");
      String type = entry.need("Value.DataType");
      if (!ATTRIBUTE_NAME.matcher(name).matches()) {
        throw invalid("MessageAttributes", "the name " + name);
      }
      if (!ATTRIBUTE_TYPE.matcher(type).matches()) {
        throw invalid("MessageAttributes", "the type " + type + " of " + name);
      }
      SnsMessage.Attribute attribute =
          new SnsMessage.Attribute(
              type,
              entry.need(type.startsWith("Binary") ? "Value.BinaryValue" : "Value.StringValue"));
      if (attribute.isBinary() && !isBase64(attribute.value())) {
        throw invalid("MessageAttributes", "the value of " + name + " is not base64");
      }
      attributes.put(name, attribute);
    }
    return attributes;
  }

  private static boolean isBase64(String text) {
    try {
      return Base64.getDecoder().decode(text).length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Bytes that count against {@link #MAX_MESSAGE_BYTES}. */
  static int size(String text, Map<String, SnsMessage.Attribute> attributes) {
    int size = bytes(text);
    for (Map.Entry<String, SnsMessage.Attribute> entry : attributes.entrySet()) {
      size +=
          bytes(entry.getKey()) + bytes(entry.getValue().type()) + bytes(entry.getValue().value());
    }
    return size;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  static ServiceError invalid(String parameter, String reason) {
    return ServiceError.of(
        "InvalidParameter", "Invalid parameter: " + parameter + " Reason: " + reason);
  }
}
