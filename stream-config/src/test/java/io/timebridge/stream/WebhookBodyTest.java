package io.timebridge.stream;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookBodyTest {
  private static final long SEED = 42;

  private static WebhookBody parse(String body) {
    return WebhookBody.parse(body.getBytes(UTF_8));
  }

  private static void assertMalformed(byte[] body, String field) {
    assertThat(WebhookBody.parse(body))
        .isInstanceOfSatisfying(
            WebhookBody.Malformed.class, bad -> assertThat(bad.field()).isEqualTo(field));
  }

  private static void assertMalformed(String body, String field) {
    assertMalformed(body.getBytes(UTF_8), field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"12345", "\"12345\""})
  void reads_the_thin_shape_with_the_id_as_number_or_digits(String id) {
    assertThat(
            parse(
                "{\"payload\":{\"entity_id\":%s,\"entity_path\":\"/1.1/77/hours/12345\"}}"
                    .formatted(id)))
        .isEqualTo(new WebhookBody.Thin(new EntryId(12345), "/1.1/77/hours/12345"));
  }

  @Test
  void recognises_a_suggestion_by_its_path() {
    assertThat(
            parse("{\"payload\":{\"entity_id\":1,\"entity_path\":\"/1.1/7/suggested_hours/1\"}}"))
        .isInstanceOfSatisfying(
            WebhookBody.Thin.class, thin -> assertThat(thin.isSuggestion()).isTrue());
    assertThat(parse("{\"payload\":{\"entity_id\":1}}"))
        .isEqualTo(new WebhookBody.Thin(new EntryId(1), ""));
  }

  @Test
  void reads_the_full_shape_with_the_whole_event() {
    assertThat(
            parse(
                "{\"payload\":{\"id\":7,\"note\":\"a\\n\\\"🚀\\\"\",\"duration\":{\"hours\":1},"
                    + "\"label_ids\":[1,2],\"updated_at\":1763800000},\"more\":1}"))
        .isInstanceOfSatisfying(
            WebhookBody.Full.class,
            full -> {
              assertThat(full.id()).isEqualTo(new EntryId(7));
              assertThat(full.event().path("note").asString()).isEqualTo("a\n\"🚀\"");
              assertThat(full.event().path("updated_at").longValue()).isEqualTo(1763800000L);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "not json",
        "{",
        "{\"payload\":{\"id\":1}",
        "{\"payload\":{\"id\":1}}}",
        "{\"payload\":{\"id\":1}} x",
        "{\"payload\":{\"id\":1}}{}",
        "[{\"payload\":{\"id\":1}}]",
        "null",
        "7",
        "\"payload\"",
        "{'payload':{'id':1}}",
        "{\"payload\":{\"id\":01}}",
        "{\"payload\":{\"id\":NaN}}",
        "{\"payload\":{\"id\":+1}}",
        "{\"payload\":{\"id\":1,}}",
        "// x\n{\"payload\":{\"id\":1}}",
        "\ufeff{\"payload\":{\"id\":1}}"
      })
  void refuses_what_is_not_one_json_object(String body) {
    assertMalformed(body, "body");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "0",
        "1.0",
        "1.5",
        "1e3",
        "1E0",
        "9223372036854775808",
        "123456789012345678901234567890",
        "\"-1\"",
        "\"0\"",
        "\"01\"",
        "\"1.0\"",
        "\"1e3\"",
        "\"9223372036854775808\"",
        "\"\"",
        "\" 1\"",
        "\"１\"",
        "null",
        "true",
        "[1]",
        "{\"a\":1}",
        "\"1\\u0000\""
      })
  void refuses_every_id_that_is_not_a_positive_whole_number(String id) {
    assertMalformed("{\"payload\":{\"entity_id\":%s}}".formatted(id), "payload.entity_id");
    assertMalformed("{\"payload\":{\"id\":%s}}".formatted(id), "payload.id");
  }

  @Test
  void refuses_a_number_of_absurd_length_without_converting_it() {
    assertMalformed("{\"payload\":{\"id\":" + "9".repeat(60_000) + "}}", "body");
    assertMalformed("{\"payload\":{\"id\":1e999999999}}", "payload.id");
    assertMalformed("{\"payload\":{\"id\":1,\"x\":1e99999999999}}", "body");
    assertMalformed("{\"payload\":{\"id\":1,\"x\":-1.5E-99999999999}}", "body");
  }

  @Test
  void names_what_is_missing() {
    assertMalformed("{}", "payload");
    assertMalformed("{\"payload\":null}", "payload");
    assertMalformed("{\"payload\":[]}", "payload");
    assertMalformed("{\"payload\":{}}", "payload.entity_id");
    assertMalformed("{\"payload\":{\"entity_id\":null,\"id\":1}}", "payload.entity_id");
  }

  @Test
  void refuses_deep_nesting_and_says_so() {
    int inside = WebhookBody.MAX_DEPTH - 2;
    String atLimit =
        "{\"payload\":{\"id\":1,\"x\":" + "[".repeat(inside) + "]".repeat(inside) + "}}";
    assertThat(parse(atLimit)).isInstanceOf(WebhookBody.Full.class);
    for (int depth : new int[] {inside + 1, 1000, 30_000}) {
      String body = "{\"payload\":{\"id\":1,\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}}";
      assertThat(parse(body))
          .isEqualTo(new WebhookBody.Malformed("body", "is nested deeper than 32 levels"));
    }
    assertThat(parse("{\"a\":".repeat(13_000)))
        .isEqualTo(new WebhookBody.Malformed("body", "is nested deeper than 32 levels"));
  }

  @Test
  void refuses_duplicate_keys_and_says_so() {
    for (String body :
        new String[] {
          "{\"payload\":{\"id\":1},\"payload\":{\"id\":2}}",
          "{\"payload\":{\"id\":1,\"id\":2}}",
          "{\"payload\":{\"id\":1,\"i\\u0064\":2}}",
          "{\"payload\":{\"id\":1,\"x\":{\"y\":1,\"y\":1}}}"
        }) {
      assertThat(parse(body))
          .as(body)
          .isEqualTo(new WebhookBody.Malformed("body", "has a duplicate key"));
    }
  }

  @Test
  void refuses_nul_bytes_and_invalid_utf_8() {
    assertMalformed("{\"payload\":{\"id\":1,\"note\":\"a\u0000b\"}}", "body");
    assertMalformed("{\"payload\":{\"id\":1}}\u0000", "body");
    byte[] good = "{\"payload\":{\"id\":1,\"note\":\"a?b\"}}".getBytes(UTF_8);
    int at = new String(good, UTF_8).indexOf('?');
    for (int bad : new int[] {0x80, 0xC0, 0xC3, 0xE2, 0xED, 0xF8, 0xFE, 0xFF}) {
      byte[] body = good.clone();
      body[at] = (byte) bad;
      assertThat(WebhookBody.parse(body))
          .isEqualTo(new WebhookBody.Malformed("body", "is not valid UTF-8"));
    }
    assertMalformed("{\"payload\":{\"id\":1}}".getBytes(UTF_16), "body");
  }

  @Test
  void never_throws_whatever_it_is_given() {
    Random random = new Random(SEED);
    byte[] good =
        "{\"payload\":{\"id\":12345,\"note\":\"ü🚀\",\"x\":[1.5,null,{\"a\":true}]}}"
            .getBytes(UTF_8);
    byte[] json = "{}[]\",:0123456789eE+-.truefalsn\\u/\u0000 ".getBytes(UTF_8);
    for (int round = 0; round < 50_000; round++) {
      byte[] bad = good.clone();
      for (int i = 0; i <= random.nextInt(4); i++) {
        bad[random.nextInt(bad.length)] =
            random.nextBoolean() ? json[random.nextInt(json.length)] : (byte) random.nextInt(256);
      }
      byte[] given =
          random.nextInt(4) == 0 ? Arrays.copyOf(bad, random.nextInt(bad.length + 8)) : bad;
      assertThatCode(() -> WebhookBody.parse(given))
          .as("seed %d, round %d: %s", SEED, round, new String(given, UTF_8))
          .doesNotThrowAnyException();
    }
  }
}
