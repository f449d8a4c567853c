package io.timebridge.services.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExcerptTest {
  @Test
  void keeps_a_short_plain_text_as_it_is() {
    assertThat(Excerpt.of("<h1>Service Unavailable</h1>", 120))
        .isEqualTo("<h1>Service Unavailable</h1>");
  }

  @Test
  void strips_control_characters_and_line_breaks() {
    assertThat(Excerpt.of("a\r\n\tb\u0000\u001b[31mc\u2028d\u202Ee", 120))
        .isEqualTo("a b [31mc d e");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"appID\": \"S3CRET\"}",
        "{\"access_token\":\"S3CRET\",\"x\":1}",
        "{\"refresh_token\" : \"S3CRET\"}",
        "strPassword=S3CRET&x=1",
        "Authorization: S3CRET",
        "client_secret: S3CRET",
        "<a href=\"?token=S3CRET\">",
        "unnamed 6f1ed002ab5595859014ebf0951522d9-S3CRET here",
        "S3CRETeyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0"
      })
  void masks_what_looks_like_a_secret(String text) {
    assertThat(Excerpt.of(text, 120)).doesNotContain("S3CRET").contains("***");
  }

  @Test
  void masks_a_secret_that_lies_across_the_cut() {
    String text = "x ".repeat(55) + "0123456789abcdef0123456789abcdef";
    assertThat(Excerpt.of(text, 120)).hasSizeLessThanOrEqualTo(120).doesNotContain("0123");
    String far = " ".repeat(4090) + "0123456789abcdef0123456789abcdef";
    assertThat(Excerpt.of(far, 120)).doesNotContain("0123");
  }

  @Test
  void cuts_without_splitting_a_character() {
    String cut = Excerpt.of("🚀".repeat(100), 120);
    assertThat(cut).hasSizeLessThanOrEqualTo(120).endsWith("…");
    assertThat(cut.codePoints().filter(c -> c >= 0xD800 && c <= 0xDFFF)).isEmpty();
  }

  @Test
  void does_not_take_long_over_a_hostile_text() {
    assertThat(Excerpt.of("a".repeat(8_000_000), 120)).isEmpty();
    assertThat(Excerpt.of("<input ".repeat(1_000_000), 120)).hasSize(120);
  }
}
