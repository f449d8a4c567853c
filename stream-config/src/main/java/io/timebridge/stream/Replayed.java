package io.timebridge.stream;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The mark of an envelope that a replay has put on its stream once more. It stands among the
 * headers, which no sender can reach: a door keeps {@link Envelope#KEPT_HEADERS} and no other. All
 * else of the envelope stays as it was received, so its signature stays what it was.
 *
 * @param replay which replay it was
 * @param sequence sequence number of the record that was read; empty when it was no record of the
 *     stream (a backup, a verify event)
 */
public record Replayed(String replay, Optional<BigInteger> sequence) {
  private static final String REPLAY = "timebridge-replay";
  private static final String SEQUENCE = "timebridge-replay-of";

  /** Sequence numbers have at most 128 bits of Kinesis' own making, 56 digits; with room. */
  private static final int MAX_DIGITS = 128;

  /** The mark of an envelope; empty when it has none, or one that cannot be read. */
  public static Optional<Replayed> of(Envelope envelope) {
    String sequence = envelope.headers().getOrDefault(SEQUENCE, "");
    return Optional.ofNullable(envelope.headers().get(REPLAY))
        .filter(replay -> sequence.length() <= MAX_DIGITS && sequence.matches("[0-9]*"))
        .map(replay ->
            new Replayed(
                replay,
                sequence.isEmpty() ? Optional.empty() : Optional.of(new BigInteger(sequence))));
  }

  /**
   * Where the event of a record stands among those of its key: where it stood when it came first.
   */
  public static BigInteger placeOf(StreamRecord record) {
    return of(record.envelope())
        .flatMap(Replayed::sequence)
        .filter(first -> first.compareTo(record.sequence()) < 0)
        .orElse(record.sequence());
  }

  /**
   * The envelope with this mark.
   *
   * @throws IllegalArgumentException when it has no room for two more headers
   */
  public Envelope mark(Envelope envelope) {
    Map<String, String> headers = new HashMap<>(envelope.headers());
    headers.put(REPLAY, replay);
    sequence.ifPresent(number -> headers.put(SEQUENCE, number.toString()));
    return new Envelope(
        envelope.id(),
        envelope.source(),
        envelope.route(),
        envelope.key(),
        envelope.receivedAt(),
        headers,
        envelope.body(),
        envelope.trace());
  }
}
