package io.timebridge.failure;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An alert as a custom notification of AWS Chatbot (now Amazon Q Developer in chat applications),
 * schema version 1.0: messages of one {@code threadId} stand in one thread.
 */
final class ChatMessage {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ChatMessage() {}

  static String of(Alert alert, String thread) {
    ObjectNode message = JSON.createObjectNode().put("version", "1.0").put("source", "custom");
    ObjectNode content =
        message
            .putObject("content")
            .put("textType", "client-markdown")
            .put("title", alert.title())
            .put("description", alert.description());
    ArrayNode steps = content.putArray("nextSteps");
    alert.nextSteps().forEach(steps::add);
    ArrayNode keywords = content.putArray("keywords");
    alert.keywords().forEach(keywords::add);
    message.putObject("metadata").put("threadId", thread).put("summary", alert.title());
    return message.toString();
  }
}
