package io.timebridge.admission;

import io.timebridge.admission.Quarantine.Reason;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.EnvelopeCodec.Decoded;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import java.util.Optional;

/**
 * Reads and judges the records of one stream. Never throws: what cannot be read is a {@link
 * Delivery.Bad}. Thread-safe when its guard is.
 */
public final class RecordReader {
  private final StreamName stream;
  private final RecordGuard guard;

  public RecordReader(StreamName stream, RecordGuard guard) {
    this.stream = stream;
    this.guard = guard;
  }

  /** What the record is. */
  public Delivery read(StreamPosition at, byte[] data) {
    return switch (EnvelopeCodec.decode(data)) {
      case Decoded.Unreadable(EnvelopeCodec.Reason reason, String detail) ->
          new Delivery.Bad(at, reason(reason), detail, data);
      case Decoded.Read(Envelope envelope) -> judge(at, envelope, data);
    };
  }

  private Delivery judge(StreamPosition at, Envelope envelope, byte[] data) {
    if (envelope.route().stream() != stream) {
      return new Delivery.Bad(
          at, Reason.WRONG_STREAM, "route " + envelope.route().path() + " in " + stream, data);
    }
    if (!envelope.key().equals(at.partitionKey())) {
      return new Delivery.Bad(
          at, Reason.WRONG_KEY, "the partition key is not the envelope's key", data);
    }
    Optional<String> refusal = guard.refusal(envelope);
    return refusal
        .<Delivery>map(why -> new Delivery.Bad(at, Reason.REFUSED, why, data))
        .orElseGet(() -> new Delivery.Good(new StreamRecord(at.shard(), at.sequence(), envelope)));
  }

  private static Reason reason(EnvelopeCodec.Reason reason) {
    return switch (reason) {
      case NOT_JSON, BAD_FIELD -> Reason.UNREADABLE;
      case UNKNOWN_VERSION -> Reason.UNKNOWN_VERSION;
    };
  }
}
