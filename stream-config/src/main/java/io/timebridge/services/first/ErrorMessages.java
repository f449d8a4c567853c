package io.timebridge.services.first;

import io.timebridge.services.http.Excerpt;
import io.timebridge.services.http.HttpAnswer;
import io.timebridge.services.http.LooseJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The words of {@code {"errors": {"message": ..}}} and {@code {"errors": {field: [..]}}}: {@code
 * name: has already been taken; client_id: is missing}.
 */
final class ErrorMessages {
  private static final int LONGEST = 300;
  private static final int MOST = 20;

  private ErrorMessages() {}

  /** Empty when the body is not a JSON object with {@code errors} (or {@code error}). */
  static Optional<String> of(HttpAnswer answer) {
    return answer
        .tryJson()
        .filter(body -> body.isObject() && (body.has("errors") || body.has("error")))
        .map(body -> words(body.has("errors") ? body.path("errors") : body.path("error")));
  }

  private static String words(JsonNode errors) {
    List<String> messages = new ArrayList<>();
    if (errors.isObject()) {
      for (Map.Entry<String, JsonNode> field : errors.properties()) {
        if (messages.size() < MOST) {
          String said = values(field.getValue());
          messages.add(field.getKey().equals("message") ? said : field.getKey() + ": " + said);
        }
      }
    } else {
      messages.add(values(errors));
    }
    return Excerpt.message(String.join("; ", messages), LONGEST);
  }

  private static String values(JsonNode node) {
    if (!node.isArray()) {
      return LooseJson.text(node);
    }
    return String.join(", ", node.valueStream().limit(MOST).map(LooseJson::text).toList());
  }
}
