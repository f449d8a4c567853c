package io.timebridge.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.timebridge.stream.EnvelopeCodec.Decoded;
import io.timebridge.stream.EnvelopeCodec.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeCodecTest {
  private static final long SEED = 20260703;

  private static Envelope envelope(Route route, byte[] body, @Nullable String trace) {
    return new Envelope(
        "a-1",
        route.isWebhook() ? Envelope.Source.FIRST_SERVICE : Envelope.Source.TIMEBRIDGE,
        route,
        "12345",
        Instant.parse("2026-07-03T10:11:12.345Z"),
        Map.of("X-Signature", "ab\"c\n🚀", "webhook-id", ""),
        body,
        trace);
  }

  private static Decoded decode(String json) {
    return EnvelopeCodec.decode(json.getBytes(UTF_8));
  }

  private static String encoded() {
    return new String(
        EnvelopeCodec.encode(envelope(Route.TIMESHEET_UPDATE, new byte[] {1, 2, 3}, "t")), UTF_8);
  }

  private static Schema schema() {
    try (InputStream in =
        Objects.requireNonNull(Envelope.class.getResourceAsStream("envelope.schema.json"))) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(new String(in.readAllBytes(), UTF_8), InputFormat.JSON);
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
  }

  @ParameterizedTest
  @EnumSource
  void reads_back_what_it_wrote(Route route) {
    byte[] everyByte = new byte[256];
    for (int i = 0; i < 256; i++) {
      everyByte[i] = (byte) i;
    }
    for (byte[] body : new byte[][] {everyByte, {}, new byte[Envelope.MAX_BODY_BYTES]}) {
      Envelope envelope = envelope(route, body, "00-abc-def-01");
      assertThat(EnvelopeCodec.decode(EnvelopeCodec.encode(envelope)))
          .isEqualTo(new Decoded.Read(envelope));
    }
  }

  @Test
  void reads_back_an_envelope_without_a_trace_and_with_a_finer_clock() {
    Envelope envelope =
        new Envelope(
            "i".repeat(256),
            Envelope.Source.SECOND_SERVICE,
            Route.JOB_CHANGE,
            "k".repeat(256),
            Instant.parse("2026-07-03T10:11:12.345678901Z"),
            Map.of(),
            new byte[0],
            "x".repeat(300));
    assertThat(envelope.receivedAt()).isEqualTo(Instant.parse("2026-07-03T10:11:12.345Z"));
    assertThat(envelope.trace()).isNull();
    assertThat(EnvelopeCodec.decode(EnvelopeCodec.encode(envelope)))
        .isEqualTo(new Decoded.Read(envelope));
  }

  @ParameterizedTest
  @EnumSource
  void writes_what_its_schema_describes(Route route) {
    Schema schema = schema();
    for (String trace : Arrays.asList("00-abc", null)) {
      String json = new String(EnvelopeCodec.encode(envelope(route, new byte[] {1}, trace)), UTF_8);
      assertThat(schema.validate(json, InputFormat.JSON)).isEmpty();
    }
  }

  @Test
  void has_a_schema_that_can_say_no() {
    Schema schema = schema();
    assertThat(schema.validate("{}", InputFormat.JSON)).isNotEmpty();
    assertThat(schema.validate(encoded().replace("\"v\":1", "\"v\":2"), InputFormat.JSON))
        .isNotEmpty();
    assertThat(schema.validate(encoded().replace("timesheet-update", "nowhere"), InputFormat.JSON))
        .isNotEmpty();
  }

  @Test
  void ignores_fields_it_does_not_know() {
    String more = encoded().replaceFirst("\\{", "{\"new\":{\"deep\":[1,{}]},\"zzz\":null,");
    assertThat(decode(more)).isEqualTo(decode(encoded())).isInstanceOf(Decoded.Read.class);
    assertThat(schema().validate(more, InputFormat.JSON)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "0", "-1", "4294967297", "99999999999999999999"})
  void does_not_read_another_version(String version) {
    assertThat(decode(encoded().replace("\"v\":1", "\"v\":" + version)))
        .isInstanceOfSatisfying(
            Decoded.Unreadable.class,
            bad -> assertThat(bad.reason()).isEqualTo(Reason.UNKNOWN_VERSION));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"v\":1|\"v\":\"1\"|v",
        "\"v\":1|\"v\":1.5|v",
        "\"v\":1|\"w\":1|v",
        "\"id\":\"a-1\"|\"id\":\"\"|id",
        "\"id\":\"a-1\"|\"id\":7|id",
        "\"id\":\"a-1\"|\"x\":7|id",
        "\"key\":\"12345\"|\"key\":null|key",
        "\"source\":\"first-service\"|\"source\":\"me\"|source",
        "timesheet-update|nowhere|route",
        "\"receivedAtMillis\":|\"receivedAtMillis\":-|receivedAtMillis",
        "\"receivedAtMillis\":|\"receivedAtMillis\":9999999999|receivedAtMillis",
        "\"receivedAtMillis\":|\"receivedAtMillis\":0.|receivedAtMillis",
        "\"body\":\"AQID\"|\"body\":\"A\"|body",
        "\"body\":\"AQID\"|\"body\":[1]|body",
        "\"body\":\"AQID\"|\"x\":1|body",
        "\"headers\":{|\"headers\":[],\"x\":{|headers",
        "\"headers\":{|\"headers\":{\"a\":1,|headers"
      })
  void names_the_field_that_is_bad(String from, String to, String field) {
    String json = encoded();
    assertThat(json).contains(from);
    assertThat(decode(json.replace(from, to)))
        .isInstanceOfSatisfying(
            Decoded.Unreadable.class,
            bad -> {
              assertThat(bad.reason()).isEqualTo(Reason.BAD_FIELD);
              assertThat(bad.detail()).startsWith(field);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "null", "[]", "7", "\"x\"", "{", "{}{}", "{\"v\":1}x", "\u0000", "<a/>"})
  void does_not_read_what_is_no_json_object(String text) {
    assertThat(decode(text))
        .isInstanceOfSatisfying(
            Decoded.Unreadable.class, bad -> assertThat(bad.reason()).isEqualTo(Reason.NOT_JSON));
  }

  @Test
  void does_not_read_what_is_nested_too_deeply_or_too_long() {
    assertThat(decode("{\"v\":1,\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}"))
        .isInstanceOf(Decoded.Unreadable.class);
    assertThat(EnvelopeCodec.decode(new byte[1024 * 1024 + 1]))
        .isInstanceOf(Decoded.Unreadable.class);
  }

  @Test
  void quotes_little_of_a_hostile_record_and_nothing_that_could_forge_a_log_line() {
    String name = "evil\\n2026 ERROR forged \\u001b[31m" + "x".repeat(40_000);
    for (String json :
        new String[] {
          encoded().replace("\"headers\":{", "\"headers\":{\"" + name + "\":1,"),
          encoded().replace("timesheet-update", "evil\\nforged"),
          encoded().replace("\"first-service\"", "\"evil\\nforged\"")
        }) {
      assertThat(decode(json))
          .isInstanceOfSatisfying(
              Decoded.Unreadable.class,
              bad -> {
                assertThat(bad.detail()).contains("evil?");
                assertThat(bad.detail()).hasSizeLessThan(200).doesNotContain("\n", "\u001b");
              });
    }
  }

  @Test
  void never_throws_whatever_it_is_given() {
    Random random = new Random(SEED);
    byte[] good =
        EnvelopeCodec.encode(envelope(Route.NEW_TIMESHEET_ENTRY, "{\"a\":1}".getBytes(UTF_8), "t"));
    byte[] json = "{}[]\",:0123456789eE+-.truefalsn\\u/\u0000 ".getBytes(UTF_8);
    for (int round = 0; round < 50_000; round++) {
      byte[] bad = good.clone();
      int changes = 1 + random.nextInt(4);
      for (int i = 0; i < changes; i++) {
        int at = random.nextInt(bad.length);
        bad[at] =
            random.nextBoolean() ? json[random.nextInt(json.length)] : (byte) random.nextInt(256);
      }
      if (random.nextInt(4) == 0) {
        bad = Arrays.copyOf(bad, random.nextInt(bad.length + 8));
      }
      byte[] given = bad;
      assertThatCode(() -> EnvelopeCodec.decode(given))
          .as("seed %d, round %d: %s", SEED, round, new String(given, UTF_8))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void keeps_the_body_to_itself() {
    byte[] body = "private note".getBytes(UTF_8);
    Envelope envelope = envelope(Route.TIMESHEET_BACKUP, body, null);
    body[0] = 'X';
    envelope.body()[1] = 'X';
    assertThat(new String(envelope.body(), UTF_8)).isEqualTo("private note");
    assertThat(envelope.toString()).doesNotContain("private").doesNotContain("ab\"c");
    assertThat(envelope.headers()).containsOnlyKeys("x-signature");
  }

  @Test
  void refuses_to_make_what_could_not_be_read_back() {
    Map<String, String> tooMany = new HashMap<>();
    for (int i = 0; i < 33; i++) {
      tooMany.put("h" + i, "x");
    }
    assertThatThrownBy(() -> made("", "k", Instant.EPOCH, Map.of())).hasMessageContaining("id");
    assertThatThrownBy(() -> made("i", "", Instant.EPOCH, Map.of())).hasMessageContaining("key");
    assertThatThrownBy(() -> made("i", "k", Instant.EPOCH.minusMillis(1), Map.of()))
        .hasMessageContaining("1970");
    assertThatThrownBy(() -> made("i", "k", Instant.EPOCH, tooMany))
        .hasMessageContaining("headers");
  }

  private static Envelope made(String id, String key, Instant at, Map<String, String> headers) {
    return new Envelope(
        id, Envelope.Source.TIMEBRIDGE, Route.VERIFY, key, at, headers, new byte[0], null);
  }
}
