package io.timebridge.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.signature.WebhookSignatures;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.WebhookVector;
import io.timebridge.stream.WebhookVector.AtApiGateway;
import io.timebridge.timesheet.EntryEvent;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The worker and the vectors that both doors are tested with. */
class WebhookVectorsTest {
  private final RecordReader reader =
      new RecordReader(
          StreamName.TIMESHEET_EVENTS,
          RecordGuard.signatures(
              new WebhookSignatures(
                  List.of(WebhookVector.SECRET), WebhookSignatures.DEFAULT_TOLERANCE)));

  static Stream<WebhookVector> accepted() {
    return WebhookVector.all().stream().filter(WebhookVector::acceptedAtGateway);
  }

  static Stream<WebhookVector> passedOn() {
    return WebhookVector.all().stream().filter(v -> v.apiGateway() == AtApiGateway.PASSED_ON);
  }

  private static Envelope envelope(WebhookVector vector, String key, byte[] body) {
    return new Envelope(
        "id",
        Envelope.Source.FIRST_SERVICE,
        Route.TIMESHEET_UPDATE,
        key,
        WebhookVector.SIGNED_AT,
        vector.keptHeaders(),
        body,
        vector.trace().orElse(null));
  }

  private Delivery read(Envelope envelope) {
    return reader.read(
        new StreamPosition(StreamName.TIMESHEET_EVENTS, "shard", BigInteger.TEN, envelope.key()),
        EnvelopeCodec.encode(envelope));
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void takes_what_a_door_accepts_and_finds_the_key_in_the_body(WebhookVector vector) {
    Envelope envelope = envelope(vector, vector.key(), vector.body());

    assertThat(read(envelope)).isInstanceOf(Delivery.Good.class);
    switch (EntryEvent.read(envelope, BigInteger.TEN)) {
      case EntryEvent.Reading.Event(EntryEvent event) ->
          assertThat(event.id().key()).isEqualTo(vector.key());
      case EntryEvent.Reading.Ignore(String reason) -> assertThat(reason).isEqualTo("suggestion");
      case EntryEvent.Reading.Unusable(String problem) ->
          throw new AssertionError("unusable: " + problem);
    }
  }

  /** API Gateway turns what is no UTF-8 into U+FFFD. */
  @ParameterizedTest
  @MethodSource("passedOn")
  void keeps_out_what_api_gateway_cannot_judge(WebhookVector vector) {
    byte[] asText =
        new String(vector.body(), StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
    Envelope envelope = envelope(vector, "1", asText);

    boolean unusable =
        EntryEvent.read(envelope, BigInteger.TEN) instanceof EntryEvent.Reading.Unusable;
    boolean refused =
        read(envelope) instanceof Delivery.Bad bad && bad.reason() == Quarantine.Reason.REFUSED;
    assertThat(unusable || refused).isTrue();
  }
}
