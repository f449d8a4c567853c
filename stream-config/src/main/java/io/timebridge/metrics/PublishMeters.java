package io.timebridge.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.timebridge.publish.PublishListener;
import io.timebridge.publish.Publisher;
import io.timebridge.stream.StreamName;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What is put on the streams, and how Kinesis answers. Thread-safe. */
public final class PublishMeters implements PublishListener {
  private final Map<StreamName, Of> streams = new EnumMap<>(StreamName.class);

  private record Of(
      Timer batches,
      Counter stored,
      Counter refused,
      Counter unanswered,
      Timer acknowledged,
      PerValue<Publisher.Reason, Counter> failed) {}

  private PublishMeters(Meters meters, Set<StreamName> names) {
    for (StreamName stream : names) {
      PerValue<Publisher.Reason, Counter> failed =
          new PerValue<>(
              Publisher.Reason.class,
              reason ->
                  meters.counter(
                      "publish.failed",
                      "Events that were not acknowledged in the end",
                      "stream",
                      stream.streamName(),
                      "reason",
                      reason.name().toLowerCase(Locale.ROOT)));
      streams.put(
          stream,
          new Of(
              meters.times(
                  "publish.batch",
                  "Calls of PutRecords",
                  Meters.CALL,
                  "stream",
                  stream.streamName()),
              records(meters, stream, "stored"),
              records(meters, stream, "refused"),
              records(meters, stream, "unanswered"),
              meters.times(
                  "publish.acknowledged",
                  "From the handing over of an event to Kinesis' acknowledgement, retries included",
                  Meters.CALL,
                  "stream",
                  stream.streamName()),
              failed));
    }
  }

  /** For the publisher of these streams. */
  public static PublishListener of(Meters meters, Set<StreamName> streams) {
    return meters.isOn() ? new PublishMeters(meters, streams) : PublishListener.NONE;
  }

  private static Counter records(Meters meters, StreamName stream, String answer) {
    return meters.counter(
        "publish.records",
        "Records sent, by Kinesis' answer; what is refused or unanswered is sent again",
        "stream",
        stream.streamName(),
        "answer",
        answer);
  }

  @Override
  public void sent(StreamName stream, int stored, int refused, int unanswered, long nanos) {
    Of of = of(stream);
    of.batches().record(nanos, TimeUnit.NANOSECONDS);
    of.stored().increment(stored);
    of.refused().increment(refused);
    of.unanswered().increment(unanswered);
  }

  @Override
  public void ended(StreamName stream, Publisher.Outcome outcome, long nanos) {
    switch (outcome) {
      case Publisher.Outcome.Acknowledged _ ->
          of(stream).acknowledged().record(nanos, TimeUnit.NANOSECONDS);
      case Publisher.Outcome.Failed(Publisher.Reason reason, String _) ->
          of(stream).failed().of(reason).increment();
    }
  }

  private Of of(StreamName stream) {
    Of of = streams.get(stream);
    if (of == null) {
      throw new IllegalArgumentException("not measured: " + stream);
    }
    return of;
  }
}
