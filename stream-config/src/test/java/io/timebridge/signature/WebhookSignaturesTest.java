package io.timebridge.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.signature.WebhookSignatures.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSignaturesTest {
  private static final long SEED = 99;
  private static final Instant AT = Instant.parse("2026-07-03T10:00:00Z");
  private static final byte[] BODY = "{\"payload\":{\"id\":1}}".getBytes(UTF_8);
  private static final WebhookSecret OLD = new WebhookSecret("old secret");
  private static final WebhookSecret NEW =
      new WebhookSecret(
          "whsec_"
              + Base64.getEncoder().encodeToString("new secret of 24 bytes!!".getBytes(UTF_8)));

  private final WebhookSignatures signatures =
      new WebhookSignatures(List.of(OLD, NEW), WebhookSignatures.DEFAULT_TOLERANCE);

  private Verdict check(Map<String, String> headers) {
    return signatures.check(headers, BODY, AT);
  }

  private static Map<String, String> plain(String value) {
    return Map.of("x-signature", value);
  }

  private static byte[] mac(WebhookSecret secret, byte[] body) {
    return HexFormat.of().parseHex(WebhookSignatures.sign(secret, body));
  }

  private static void assertValid(Verdict verdict) {
    assertThat(verdict).isEqualTo(new Verdict.Valid());
  }

  private static void assertRefused(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Refused.class);
  }

  @Test
  void agrees_with_vectors_made_elsewhere() {
    // RFC 4231, test case 2.
    assertThat(
            WebhookSignatures.sign(
                new WebhookSecret("Jefe"), "what do ya want for nothing?".getBytes(UTF_8)))
        .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    // The example of the Standard Webhooks specification.
    assertThat(
            WebhookSignatures.signStandard(
                new WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                Instant.ofEpochSecond(1614265330),
                "{\"test\": 2432232314}".getBytes(UTF_8)))
        .containsEntry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void takes_x_signature_in_hex_and_base64_with_any_live_secret() {
    for (WebhookSecret secret : List.of(OLD, NEW)) {
      byte[] mac = mac(secret, BODY);
      String hex = HexFormat.of().formatHex(mac);
      assertValid(check(plain(hex)));
      assertValid(check(plain(hex.toUpperCase(Locale.ROOT))));
      assertValid(check(plain("sha256=" + hex)));
      assertValid(check(plain(" " + hex + " ")));
      assertValid(check(plain(Base64.getEncoder().encodeToString(mac))));
      assertValid(check(plain(Base64.getEncoder().withoutPadding().encodeToString(mac))));
    }
  }

  @Test
  void refuses_an_x_signature_of_another_secret_or_another_body() {
    assertRefused(check(plain(WebhookSignatures.sign(new WebhookSecret("other"), BODY))));
    String good = WebhookSignatures.sign(OLD, BODY);
    for (int i = 0; i < BODY.length; i++) {
      byte[] changed = BODY.clone();
      changed[i] ^= 1;
      assertRefused(signatures.check(plain(good), changed, AT));
    }
    assertRefused(signatures.check(plain(good), new byte[0], AT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "0", "zz", "sha256=", "sha1=00", "=", "====", "AAAA", "null", "v1,AAAA", "\u0000",
        "🚀"
      })
  void refuses_an_x_signature_that_is_none(String value) {
    assertRefused(check(plain(value)));
    assertRefused(check(plain(value.repeat(100_000))));
  }

  @Test
  void refuses_a_prefix_of_the_right_signature() {
    byte[] mac = mac(OLD, BODY);
    for (int length = 0; length < mac.length; length++) {
      byte[] prefix = java.util.Arrays.copyOf(mac, length);
      assertRefused(check(plain(HexFormat.of().formatHex(prefix))));
      assertRefused(check(plain(Base64.getEncoder().encodeToString(prefix))));
    }
  }

  @Test
  void refuses_a_request_without_any_signature() {
    assertThat(check(Map.of()))
        .isEqualTo(new Verdict.Refused("no signature: neither X-Signature nor webhook-signature"));
  }

  @Test
  void refuses_everything_when_there_is_no_secret() {
    WebhookSignatures none = new WebhookSignatures(List.of(), Duration.ofMinutes(5));
    assertRefused(none.check(plain(WebhookSignatures.sign(OLD, BODY)), BODY, AT));
    assertRefused(none.check(WebhookSignatures.signStandard(OLD, "m", AT, BODY), BODY, AT));
    assertRefused(none.check(plain(""), BODY, AT));
  }

  @Test
  void takes_standard_webhooks_with_any_live_secret_and_any_of_several_signatures() {
    for (WebhookSecret secret : List.of(OLD, NEW)) {
      Map<String, String> headers =
          new HashMap<>(WebhookSignatures.signStandard(secret, "msg_1", AT, BODY));
      assertValid(check(headers));
      String right = headers.get("webhook-signature");
      headers.put("webhook-signature", "v1a,xyz v1,AAAA v2,zz  " + right);
      assertValid(check(headers));
    }
  }

  @Test
  void tolerates_a_timestamp_that_is_off_by_five_minutes_either_way_and_no_more() {
    Duration tolerance = WebhookSignatures.DEFAULT_TOLERANCE;
    for (Duration off : List.of(Duration.ZERO, tolerance, tolerance.negated())) {
      assertValid(check(WebhookSignatures.signStandard(OLD, "m", AT.plus(off), BODY)));
    }
    for (Duration off : List.of(tolerance.plusSeconds(1), tolerance.plusSeconds(1).negated())) {
      assertThat(check(WebhookSignatures.signStandard(OLD, "m", AT.plus(off), BODY)))
          .isEqualTo(new Verdict.Refused("webhook-timestamp is more than PT5M off"));
    }
  }

  @Test
  void judges_by_the_time_of_receipt_however_late_it_is_asked() {
    Map<String, String> headers = WebhookSignatures.signStandard(OLD, "m", AT, BODY);
    assertValid(signatures.check(headers, BODY, AT.plusSeconds(1)));
  }

  @Test
  void covers_id_timestamp_and_body_by_the_standard_signature() {
    Map<String, String> good = WebhookSignatures.signStandard(OLD, "msg_1", AT, BODY);
    assertRefused(signatures.check(good, "{}".getBytes(UTF_8), AT));
    assertRefused(check(changed(good, "webhook-id", "msg_2")));
    assertRefused(
        check(changed(good, "webhook-timestamp", Long.toString(AT.getEpochSecond() + 1))));
  }

  private static Map<String, String> changed(
      Map<String, String> headers, String name, String value) {
    Map<String, String> changed = new HashMap<>(headers);
    changed.put(name, value);
    return changed;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-1", "1.5", "1e9", "9999999999999", "soon", "+1", "٣", "1 ", "\u0000"})
  void refuses_a_malformed_timestamp(String timestamp) {
    Map<String, String> good = WebhookSignatures.signStandard(OLD, "m", AT, BODY);
    assertThat(check(changed(good, "webhook-timestamp", timestamp)))
        .isEqualTo(new Verdict.Refused("webhook-id or webhook-timestamp is missing or malformed"));
  }

  @Test
  void does_not_fall_back_to_x_signature_when_the_standard_one_is_wrong() {
    Map<String, String> both =
        new HashMap<>(WebhookSignatures.signStandard(new WebhookSecret("other"), "m", AT, BODY));
    both.put("x-signature", WebhookSignatures.sign(OLD, BODY));
    assertRefused(check(both));
  }

  @Test
  void refuses_more_signatures_than_anybody_needs() {
    Map<String, String> good = WebhookSignatures.signStandard(OLD, "m", AT, BODY);
    String many = "v1,AAAA ".repeat(100_000) + good.get("webhook-signature");
    assertRefused(check(changed(good, "webhook-signature", many)));
  }

  @Test
  void never_throws_and_never_shows_a_secret_whatever_the_headers_hold() {
    Random random = new Random(SEED);
    String[] names = {"x-signature", "webhook-id", "webhook-timestamp", "webhook-signature"};
    for (int round = 0; round < 20_000; round++) {
      Map<String, String> headers = new HashMap<>();
      for (String name : names) {
        if (random.nextInt(4) > 0) {
          headers.put(name, text(random));
        }
      }
      headers.put("webhook-timestamp", Long.toString(random.nextLong()));
      assertThatCode(() -> assertRefused(check(headers)))
          .as("seed %d, round %d: %s", SEED, round, headers)
          .doesNotThrowAnyException();
      assertThat(check(headers).toString()).doesNotContain("old secret");
    }
  }

  private static String text(Random random) {
    String[] starts = {"", "v1,", "sha256=", "v1", " ", "whsec_"};
    StringBuilder text = new StringBuilder(starts[random.nextInt(starts.length)]);
    int length = random.nextInt(80);
    for (int i = 0; i < length; i++) {
      text.append((char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(0x10000)));
    }
    return text.toString();
  }

  @Test
  void makes_no_secret_out_of_nothing_or_bad_base64_and_shows_none() {
    for (String bad : new String[] {"", "whsec_", "whsec_S3CRET!"}) {
      assertThatThrownBy(() -> new WebhookSecret(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("S3CRET");
    }
    assertThat(OLD.toString()).isEqualTo("WebhookSecret[*]");
  }
}
