package io.timebridge.stream;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What every stream carries: one event, with the sender's body untouched. Immutable; the body is
 * copied in and out.
 *
 * @param id unique per accepted request, 1 to 256 characters; answered to the sender
 * @param source who made the event
 * @param route where it came in
 * @param key ordering key, 1 to 256 characters; equal to the partition key of the record
 * @param receivedAt when the door accepted it, cut to the millisecond; not before 1970
 * @param headers the headers that matter downstream (see {@link #KEPT_HEADERS}), lower case; empty
 *     values are dropped
 * @param body the bytes as they arrived
 * @param trace W3C {@code traceparent}, or null; an empty one, or one of more than 256 characters,
 *     counts as none
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out, compared by content
public record Envelope(
    String id,
    Source source,
    Route route,
    String key,
    Instant receivedAt,
    Map<String, String> headers,
    byte[] body,
    @Nullable String trace) {

  /** Version of the JSON form that this code writes; see {@link EnvelopeCodec}. */
  public static final int VERSION = 1;

  /** Largest body a door accepts, in bytes: 64 KiB (an entry has 2 to 6 KiB). */
  public static final int MAX_BODY_BYTES = 64 * 1024;

  /** The headers an envelope keeps: what a signature check needs. */
  public static final List<String> KEPT_HEADERS =
      List.of("x-signature", "webhook-id", "webhook-timestamp", "webhook-signature");

  /** The header that a trace is taken from. */
  public static final String TRACE_HEADER = "traceparent";

  /**
   * What a door takes for a trace, whole: W3C Trace Context, version 00, neither id all zeros.
   * Anything else is left out.
   */
  public static final String TRACE_PATTERN =
      "00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}";

  /** Most headers an envelope holds. */
  static final int MAX_HEADERS = 32;

  private static final int MAX_TEXT = 256;

  /** Who made an event. */
  public enum Source {
    /** A webhook of FirstService; its signature is checked by every consumer. */
    FIRST_SERVICE("first-service"),
    /** The poller of SecondService. */
    SECOND_SERVICE("second-service"),
    /** Timebridge itself (reconcile, self-repair). */
    TIMEBRIDGE("timebridge");

    private final String text;

    Source(String text) {
      this.text = text;
    }

    /** Its name in the JSON form. */
    public String text() {
      return text;
    }
  }

  public Envelope {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(route, "route");
    Objects.requireNonNull(receivedAt, "receivedAt");
    if (id.isEmpty() || id.length() > MAX_TEXT) {
      throw new IllegalArgumentException("an id has 1 to 256 characters: " + id.length());
    }
    if (key.isEmpty() || key.length() > MAX_TEXT) {
      throw new IllegalArgumentException("a key has 1 to 256 characters: " + key.length());
    }
    if (receivedAt.isBefore(Instant.EPOCH)) {
      throw new IllegalArgumentException("received before 1970: " + receivedAt);
    }
    receivedAt = receivedAt.truncatedTo(ChronoUnit.MILLIS);
    TreeMap<String, String> kept = new TreeMap<>();
    headers.forEach((name, value) -> {
      if (!value.isEmpty()) {
        kept.put(name.toLowerCase(Locale.ROOT), value);
      }
    });
    if (kept.size() > MAX_HEADERS) {
      throw new IllegalArgumentException("more than 32 headers: " + kept.size());
    }
    headers = Collections.unmodifiableMap(kept);
    // Whoever calls us may send any traceparent; an unusable one must not cost the event.
    trace = trace == null || trace.isEmpty() || trace.length() > MAX_TEXT ? null : trace;
    body = body.clone();
  }

  @Override
  public byte[] body() {
    return body.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Envelope e
        && id.equals(e.id)
        && source == e.source
        && route == e.route
        && key.equals(e.key)
        && receivedAt.equals(e.receivedAt)
        && headers.equals(e.headers)
        && Arrays.equals(body, e.body)
        && Objects.equals(trace, e.trace);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, source, route, key, receivedAt, headers, Arrays.hashCode(body), trace);
  }

  /** Ids and sizes only: a body may hold private notes and must not reach a log. */
  @Override
  public String toString() {
    return "Envelope[id=%s, source=%s, route=%s, key=%s, receivedAt=%s, headers=%s, body=%d bytes #%s]"
        .formatted(
            id,
            source.text(),
            route.path(),
            key,
            receivedAt,
            headers.keySet(),
            body.length,
            HexFormat.of().toHexDigits(Arrays.hashCode(body)));
  }
}
