package io.timebridge.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayedTest {
  private static final BigInteger FIRST = new BigInteger("49590338271490256608559692538361571095");
  private static final Envelope RECEIVED =
      new Envelope(
          "id-1",
          Envelope.Source.FIRST_SERVICE,
          Route.TIMESHEET_UPDATE,
          "77",
          Instant.parse("2026-07-03T10:00:00Z"),
          Map.of("x-signature", "abc"),
          "{}".getBytes(StandardCharsets.UTF_8),
          null);

  private static StreamRecord at(BigInteger sequence, Envelope envelope) {
    return new StreamRecord("shard-0", sequence, envelope);
  }

  @Test
  void a_mark_outlives_the_stream_and_leaves_all_else_as_it_was_received() {
    Replayed mark = new Replayed("r1", Optional.of(FIRST));
    Envelope marked = mark.mark(RECEIVED);
    assertThat(EnvelopeCodec.decode(EnvelopeCodec.encode(marked)))
        .isEqualTo(new EnvelopeCodec.Decoded.Read(marked));
    assertThat(Replayed.of(marked)).contains(mark);
    Map<String, String> headers = new HashMap<>(marked.headers());
    headers.keySet().removeIf(name -> name.startsWith("timebridge-"));
    assertThat(headers).isEqualTo(RECEIVED.headers());
    assertThat(marked.body()).isEqualTo(RECEIVED.body());
    assertThat(marked)
        .extracting(Envelope::id, Envelope::source, Envelope::route, Envelope::key)
        .containsExactly(RECEIVED.id(), RECEIVED.source(), RECEIVED.route(), RECEIVED.key());
    assertThat(marked.receivedAt()).isEqualTo(RECEIVED.receivedAt());
  }

  @Test
  void an_event_stands_where_its_first_record_stood() {
    BigInteger later = FIRST.add(BigInteger.TEN);
    Envelope marked = new Replayed("r1", Optional.of(FIRST)).mark(RECEIVED);
    assertThat(Replayed.placeOf(at(later, marked))).isEqualTo(FIRST);
    assertThat(Replayed.placeOf(at(later, RECEIVED))).isEqualTo(later);
    assertThat(Replayed.placeOf(at(later, new Replayed("r1", Optional.empty()).mark(RECEIVED))))
        .isEqualTo(later);
  }

  @Test
  void a_mark_never_moves_an_event_to_a_later_place() {
    Envelope marked = new Replayed("r1", Optional.of(FIRST)).mark(RECEIVED);
    BigInteger earlier = FIRST.subtract(BigInteger.ONE);
    assertThat(Replayed.placeOf(at(earlier, marked))).isEqualTo(earlier);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "12x", "1.5"})
  void a_mark_that_cannot_be_read_is_none(String sequence) {
    Envelope broken =
        new Envelope(
            "id-1",
            Envelope.Source.TIMEBRIDGE,
            Route.TIMESHEET_UPDATE,
            "77",
            Instant.EPOCH,
            Map.of("timebridge-replay", "r1", "timebridge-replay-of", sequence),
            new byte[0],
            null);
    assertThat(Replayed.of(broken)).isEmpty();
    assertThat(Replayed.placeOf(at(FIRST, broken))).isEqualTo(FIRST);
  }
}
