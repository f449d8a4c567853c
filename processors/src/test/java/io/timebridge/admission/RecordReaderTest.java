package io.timebridge.admission;

import static io.timebridge.admission.Envelopes.envelope;
import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.admission.Quarantine.Reason;
import io.timebridge.signature.WebhookSecret;
import io.timebridge.signature.WebhookSignatures;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordReaderTest {
  private static final WebhookSecret SECRET = new WebhookSecret("right");
  private static final String BODY = "{\"payload\":{\"entity_id\":7}}";

  private final RecordReader reader =
      new RecordReader(
          StreamName.TIMESHEET_EVENTS,
          RecordGuard.signatures(
              new WebhookSignatures(List.of(SECRET), WebhookSignatures.DEFAULT_TOLERANCE)));

  private Delivery read(String partitionKey, byte[] data) {
    return reader.read(
        new StreamPosition(StreamName.TIMESHEET_EVENTS, "shard", BigInteger.TEN, partitionKey),
        data);
  }

  private static byte[] webhook(String key, Map<String, String> headers) {
    return EnvelopeCodec.encode(
        envelope(Route.TIMESHEET_UPDATE, Envelope.Source.FIRST_SERVICE, key, headers, BODY));
  }

  private static Map<String, String> signed(WebhookSecret secret) {
    return Map.of(
        "x-signature", WebhookSignatures.sign(secret, BODY.getBytes(StandardCharsets.UTF_8)));
  }

  private static Reason reason(Delivery delivery) {
    assertThat(delivery).isInstanceOf(Delivery.Bad.class);
    return ((Delivery.Bad) delivery).reason();
  }

  @Test
  void takes_a_webhook_whose_signature_matches() {
    assertThat(read("7", webhook("7", signed(SECRET))))
        .isInstanceOfSatisfying(
            Delivery.Good.class,
            good -> {
              assertThat(good.record().key()).isEqualTo("7");
              assertThat(good.record().sequence()).isEqualTo(BigInteger.TEN);
              assertThat(good.record().shard()).isEqualTo("shard");
            });
  }

  @Test
  void keeps_out_a_webhook_without_signature_or_with_another_secrets() {
    assertThat(reason(read("7", webhook("7", Map.of())))).isEqualTo(Reason.REFUSED);
    assertThat(reason(read("7", webhook("7", signed(new WebhookSecret("wrong"))))))
        .isEqualTo(Reason.REFUSED);
  }

  @Test
  void takes_events_of_our_own_without_a_signature() {
    assertThat(read("7", Envelopes.own("7", ""))).isInstanceOf(Delivery.Good.class);
  }

  @Test
  void keeps_out_a_record_whose_partition_key_is_not_its_key() {
    assertThat(reason(read("8", webhook("7", signed(SECRET))))).isEqualTo(Reason.WRONG_KEY);
  }

  @Test
  void keeps_out_an_envelope_of_another_stream() {
    byte[] job =
        EnvelopeCodec.encode(
            envelope(Route.JOB_CHANGE, Envelope.Source.SECOND_SERVICE, "job-1", Map.of(), "{}"));
    assertThat(reason(read("job-1", job))).isEqualTo(Reason.WRONG_STREAM);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "42",
        "\"x\"",
        "{\"v\":1}",
        "{\"v\":\"1\"}",
        "\u0000",
        "{}{}"
      })
  void keeps_out_what_is_no_envelope(String data) {
    assertThat(reason(read("7", data.getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(Reason.UNREADABLE);
  }

  @Test
  void keeps_out_an_envelope_of_a_later_version() {
    assertThat(reason(read("7", "{\"v\":2}".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(Reason.UNKNOWN_VERSION);
  }

  @Test
  void survives_every_kind_of_damage() {
    long seed = 20260703;
    Random random = new Random(seed);
    byte[] whole = webhook("7", signed(SECRET));
    for (int i = 0; i < 5_000; i++) {
      byte[] damaged = whole.clone();
      for (int flips = 0; flips <= random.nextInt(4); flips++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      assertThat(read("7", damaged)).as("seed %d round %d", seed, i).isNotNull();
    }
    byte[] noise = new byte[4096];
    random.nextBytes(noise);
    assertThat(reason(read("7", noise))).isEqualTo(Reason.UNREADABLE);
  }
}
