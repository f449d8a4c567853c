package io.timebridge.admission;

import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Route;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/** Envelopes for tests. */
public final class Envelopes {
  public static final Instant RECEIVED = Instant.parse("2026-07-03T10:00:00Z");

  private Envelopes() {}

  public static Envelope envelope(
      Route route, Envelope.Source source, String key, Map<String, String> headers, String body) {
    return new Envelope(
        "id-" + body.hashCode(),
        source,
        route,
        key,
        RECEIVED,
        headers,
        body.getBytes(StandardCharsets.UTF_8),
        null);
  }

  /** An event that needs no signature. */
  public static byte[] own(String key, String body) {
    return EnvelopeCodec.encode(
        envelope(Route.VERIFY, Envelope.Source.TIMEBRIDGE, key, Map.of(), body));
  }
}
