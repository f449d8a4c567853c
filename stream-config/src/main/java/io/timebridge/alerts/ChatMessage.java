package io.timebridge.alerts;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An alert as a custom notification of AWS Chatbot (now Amazon Q Developer in chat applications),
 * schema version 1.0: messages of one {@code threadId} stand in one thread.
 *
 * <p>Whatever an alert holds, its message can be delivered: no text is longer than what Slack shows
 * in one block (a header takes 150 characters, a section 3,000), nor are there more of them than
 * people read; the rest is cut off. {@code &}, {@code <} and {@code >} mean something to Slack and
 * are escaped, since names out of both services stand in these texts.
 */
final class ChatMessage {
  static final int MAX_TITLE = 150;
  static final int MAX_DESCRIPTION = 2_900;
  static final int MAX_STEPS = 6;
  static final int MAX_STEP = 350;
  static final int MAX_KEYWORDS = 5;
  static final int MAX_KEYWORD = 75;
  static final int MAX_THREAD = 120;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ChatMessage() {}

  static String of(Alert alert, String thread) {
    String title = fit(alert.title(), MAX_TITLE);
    ObjectNode message = JSON.createObjectNode().put("version", "1.0").put("source", "custom");
    ObjectNode content =
        message
            .putObject("content")
            .put("textType", "client-markdown")
            .put("title", title)
            .put("description", fit(alert.description(), MAX_DESCRIPTION));
    ArrayNode steps = content.putArray("nextSteps");
    alert.nextSteps().stream().limit(MAX_STEPS).forEach(step -> steps.add(fit(step, MAX_STEP)));
    ArrayNode keywords = content.putArray("keywords");
    alert.keywords().stream()
        .limit(MAX_KEYWORDS)
        .forEach(word -> keywords.add(fit(word, MAX_KEYWORD)));
    message.putObject("metadata").put("threadId", fit(thread, MAX_THREAD)).put("summary", title);
    return message.toString();
  }

  /** Escaped, and cut where it is too long; never within an escape or a pair of surrogates. */
  private static String fit(String text, int most) {
    StringBuilder fitting = new StringBuilder();
    int cut = 0;
    for (int c : text.codePoints().toArray()) {
      switch (c) {
        case '&' -> fitting.append("&amp;");
        case '<' -> fitting.append("&lt;");
        case '>' -> fitting.append("&gt;");
        default -> fitting.appendCodePoint(c);
      }
      if (fitting.length() < most) {
        cut = fitting.length();
      } else if (fitting.length() > most) {
        return fitting.substring(0, cut) + "\u2026";
      }
    }
    return fitting.toString();
  }
}
