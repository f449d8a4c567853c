package io.timebridge.services.second;

import io.timebridge.services.http.LooseJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The words of an {@code error} key, which is a string, an object or a list of either. */
final class ErrorText {
  private static final int MOST_PARTS = 16;
  private static final int DEEPEST = 4;

  private ErrorText() {}

  /**
   * What an answer's {@code error} says; empty when there is none. Null, {@code false}, {@code 0},
   * an empty text, object or list count as none; anything else is an error, be it without words.
   */
  static Optional<String> of(JsonNode answer) {
    JsonNode error = answer.path("error");
    boolean none =
        error.isMissingNode()
            || error.isNull()
            || (error.isContainer() && error.isEmpty())
            || (error.isValueNode()
                && (LooseJson.text(error).isBlank() || !LooseJson.flag(error, true)));
    if (none) {
      return Optional.empty();
    }
    List<String> parts = new ArrayList<>();
    collect(error, DEEPEST, parts);
    return Optional.of(parts.isEmpty() ? "an error without words" : String.join(": ", parts));
  }

  private static void collect(JsonNode node, int depth, List<String> parts) {
    if (parts.size() >= MOST_PARTS || depth == 0) {
      return;
    }
    if (node.isContainer()) {
      node.forEach(child -> collect(child, depth - 1, parts));
    } else if (!LooseJson.text(node).isBlank()) {
      parts.add(LooseJson.text(node).strip());
    }
  }
}
