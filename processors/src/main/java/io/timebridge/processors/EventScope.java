package io.timebridge.processors;

import io.timebridge.logs.Logs;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import io.timebridge.tracing.Tracing;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What goes with an event through everything that is done about it. */
final class EventScope {
  private EventScope() {}

  /**
   * Every line that {@code handler} logs says of which event it is, and what it does goes on with
   * the event's trace.
   */
  static Handler<StreamRecord> around(
      StreamName stream, Tracing tracing, Handler<StreamRecord> handler) {
    return (key, records) -> {
      StreamRecord last = records.getLast();
      String trace = last.envelope().trace();
      try (Tracing.Piece piece =
              tracing.events(
                  "apply " + stream.streamName(),
                  trace,
                  carried(records),
                  key,
                  last.sequence().toString());
          Logs.Fields _ =
              Logs.with(
                  Map.of(
                      Logs.STREAM,
                      stream.streamName(),
                      Logs.KEY,
                      key,
                      Logs.SEQUENCE,
                      last.sequence().toString(),
                      Logs.TRACE_ID,
                      Logs.traceId(trace)))) {
        Outcome outcome = handler.handle(key, records);
        piece.outcome(word(outcome), outcome instanceof Outcome.Retry);
        return outcome;
      }
    };
  }

  private static List<String> carried(List<StreamRecord> records) {
    return records.size() < 2
        ? List.of()
        : records.subList(0, records.size() - 1).stream()
            .flatMap(record -> Optional.ofNullable(record.envelope().trace()).stream())
            .toList();
  }

  private static String word(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied _ -> "applied";
      case Outcome.Skipped _ -> "skipped";
      case Outcome.Parked _ -> "parked";
      case Outcome.Retry _ -> "retry";
    };
  }
}
