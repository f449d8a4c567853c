package io.timebridge.alerts;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The event schema of custom notifications of AWS Chatbot, as its administrator guide states it
 * ({@code version} and {@code source} fixed, {@code content.description} required, everything else
 * optional text), with the lengths that {@link ChatMessage} keeps.
 */
public final class ChatSchema {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final List<String> faults = new ArrayList<>();

  private ChatSchema() {}

  /** What is wrong with an alert's message; empty when it can be delivered. */
  public static List<String> faults(Alert alert) {
    return faults(ChatMessage.of(alert, alert.problem() + "-1"));
  }

  /** As {@link #faults(Alert)}, of the message itself. */
  static List<String> faults(String text) {
    ChatSchema schema = new ChatSchema();
    JsonNode message = JSON.readTree(text);
    schema.fields("message", message, Set.of("version", "source", "id", "content", "metadata"));
    schema.is("version", message.path("version"), "1.0");
    schema.is("source", message.path("source"), "custom");
    JsonNode content = message.path("content");
    schema.fields(
        "content", content, Set.of("textType", "title", "description", "nextSteps", "keywords"));
    schema.is("textType", content.path("textType"), "client-markdown");
    schema.text("title", content.path("title"), 150);
    schema.text("description", content.path("description"), 3_000);
    schema.texts("nextSteps", content.path("nextSteps"), 6, 350);
    schema.texts("keywords", content.path("keywords"), 5, 75);
    JsonNode metadata = message.path("metadata");
    schema.fields(
        "metadata",
        metadata,
        Set.of("threadId", "summary", "eventType", "relatedResources", "additionalContext"));
    schema.text("threadId", metadata.path("threadId"), 120);
    schema.text("summary", metadata.path("summary"), 150);
    return List.copyOf(schema.faults);
  }

  private void fields(String where, JsonNode node, Set<String> known) {
    if (!node.isObject()) {
      faults.add(where + " is not an object");
      return;
    }
    node.propertyNames().stream()
        .filter(name -> !known.contains(name))
        .forEach(name -> faults.add(where + "." + name + " is not in the schema"));
  }

  private void is(String field, JsonNode node, String wanted) {
    if (!node.isString() || !node.stringValue().equals(wanted)) {
      faults.add(field + " is not " + wanted);
    }
  }

  private void text(String field, JsonNode node, int most) {
    if (!node.isString() || node.stringValue().isBlank() || node.stringValue().length() > most) {
      faults.add(field + " is not text of 1 to " + most + " characters");
    } else if (node.stringValue().matches("(?s).*[<>].*")) {
      faults.add(field + " holds what Slack would take for a mention or a link");
    }
  }

  private void texts(String field, JsonNode node, int most, int length) {
    if (!node.isArray() || node.size() > most) {
      faults.add(field + " is not a list of at most " + most);
    }
    node.forEach(each -> text(field, each, length));
  }
}
