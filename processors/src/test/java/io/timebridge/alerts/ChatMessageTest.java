package io.timebridge.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ChatMessageTest {
  @ParameterizedTest
  @ValueSource(strings = {"x", "<", "&", "\uD83E\uDDF1", "\"", "\\", "\n"})
  void stays_within_the_lengths_whatever_an_alert_holds(String piece) {
    String text = "a" + piece.repeat(9_000);
    List<String> many = Collections.nCopies(40, text);
    assertThat(ChatSchema.faults(new Alert("problem", text, text, many, many))).isEmpty();
  }

  @Test
  void cuts_nothing_that_fits() {
    String most = "t".repeat(ChatMessage.MAX_TITLE);
    String message = ChatMessage.of(new Alert("p", most, "d", List.of(), List.of()), "p-1");
    assertThat(title(message)).isEqualTo(most);
    String more = ChatMessage.of(new Alert("p", most + "t", "d", List.of(), List.of()), "p-1");
    assertThat(title(more)).isEqualTo(most.substring(1) + "\u2026");
  }

  @Test
  void mentions_nobody_in_the_words_of_somebody_else() {
    String message =
        ChatMessage.of(new Alert("p", "<!channel> R&D", "d", List.of(), List.of()), "p-1");
    assertThat(title(message)).isEqualTo("&lt;!channel&gt; R&amp;D");
  }

  private static String title(String message) {
    return JsonMapper.builder().build().readTree(message).path("content").path("title").asString();
  }
}
