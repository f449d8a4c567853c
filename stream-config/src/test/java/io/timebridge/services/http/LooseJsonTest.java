package io.timebridge.services.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class LooseJsonTest {
  private static JsonNode json(String text) {
    return new HttpAnswer("x", 200, text.getBytes(UTF_8), false, null).tryJson().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "12, 12",
        "\"12\", 12",
        "\" 12 \", 12",
        "12.0, 12",
        "\"12.00\", 12",
        "-3, -3",
        "9223372036854775807, 9223372036854775807",
        "\"9223372036854775807\", 9223372036854775807",
        "1e2, 100"
      })
  void reads_whole_numbers_in_every_form(String text, long expected) {
    assertThat(LooseJson.whole(json(text))).hasValue(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12.5",
        "\"12.5\"",
        "\"\"",
        "\"x\"",
        "\"0x10\"",
        "\"1e2\"",
        "null",
        "true",
        "[1]",
        "{}",
        "9223372036854775808",
        "\"9223372036854775808\"",
        "1e999999999",
        "1e-999999999",
        "\"１２\""
      })
  void takes_nothing_else_for_a_whole_number(String text) {
    assertThat(LooseJson.whole(json(text))).isEmpty();
  }

  @Test
  void reads_decimals_as_they_are() {
    assertThat(LooseJson.decimal(json("1.2503")).orElseThrow()).isEqualByComparingTo("1.2503");
    assertThat(LooseJson.decimal(json("\"1.2503\"")).orElseThrow()).isEqualByComparingTo("1.2503");
    assertThat(LooseJson.decimal(json("2")).orElseThrow()).isEqualByComparingTo("2");
    assertThat(LooseJson.decimal(json("1e999999999"))).isEmpty();
    assertThat(LooseJson.decimal(json("\"1,5\""))).isEmpty();
  }

  @Test
  void reads_texts_and_flags() {
    assertThat(LooseJson.text(json("\"a\\n🚀\""))).isEqualTo("a\n🚀");
    assertThat(LooseJson.text(json("12"))).isEqualTo("12");
    assertThat(LooseJson.text(json("null"))).isEmpty();
    assertThat(LooseJson.text(json("{}"))).isEmpty();
    assertThat(LooseJson.flag(json("1"), false)).isTrue();
    assertThat(LooseJson.flag(json("\"false\""), true)).isFalse();
    assertThat(LooseJson.flag(json("null"), true)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{", "{}{}", "<html>", "{\"a\":}", "nul", "[1e99999999999]"})
  void finds_no_json_where_there_is_none(String text) {
    assertThat(new HttpAnswer("x", 200, text.getBytes(UTF_8), false, null).tryJson()).isEmpty();
  }

  @Test
  void finds_no_json_in_what_is_nested_too_deeply() {
    assertThat(new HttpAnswer("x", 200, "[".repeat(100_000).getBytes(UTF_8), false, null).tryJson())
        .isEmpty();
  }
}
