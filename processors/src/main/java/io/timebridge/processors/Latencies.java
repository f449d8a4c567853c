package io.timebridge.processors;

import io.timebridge.lag.Latency;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.StreamRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * How long events took from their arrival at the door to their effect, of each application, over
 * the last minute. What a replay put on its stream once more is left out: it arrived long ago.
 * Thread-safe, but for {@link #look}.
 */
final class Latencies {
  /** What a look tells of. */
  static final Duration SPAN = Duration.ofMinutes(1);

  private static final long LONGEST_MILLIS = Duration.ofDays(7).toMillis();
  private static final int DIGITS = 2;

  private final InstantSource clock;
  private final Map<String, Window> windows = new ConcurrentHashMap<>();

  Latencies(InstantSource clock) {
    this.clock = clock;
  }

  /** What was recorded between two looks; the second is its time. */
  private record Slice(Instant at, Latency latency) {}

  private static final class Window {
    final Recorder recorder = new Recorder(LONGEST_MILLIS, DIGITS);
    final Deque<Slice> slices = new ArrayDeque<>();
    @Nullable Histogram used;

    Latency next(Instant now) {
      Histogram histogram = recorder.getIntervalHistogram(used);
      used = histogram;
      SortedMap<Long, Long> counts = new TreeMap<>();
      histogram
          .recordedValues()
          .forEach(value ->
              counts.put(
                  histogram.medianEquivalentValue(value.getValueIteratedTo()),
                  value.getCountAtValueIteratedTo()));
      slices.removeIf(slice -> !slice.at().isAfter(now.minus(SPAN)));
      slices.addLast(new Slice(now, new Latency(counts)));
      return Latency.sum(slices.stream().map(Slice::latency).toList());
    }
  }

  /**
   * Takes the times of what {@code handler} applies.
   *
   * @param application its name
   * @param each is told every time as well
   */
  Handler<StreamRecord> around(
      String application, Handler<StreamRecord> handler, Consumer<Duration> each) {
    Recorder recorder = windows.computeIfAbsent(application, a -> new Window()).recorder;
    return (key, records) -> {
      Outcome outcome = handler.handle(key, records);
      if (outcome instanceof Outcome.Applied) {
        Instant now = clock.instant();
        for (StreamRecord record : records) {
          if (Replayed.of(record.envelope()).isEmpty()) {
            Duration took = Duration.between(record.envelope().receivedAt(), now);
            Duration known = took.isNegative() ? Duration.ZERO : took; // two clocks
            recorder.recordValue(Math.min(known.toMillis(), LONGEST_MILLIS));
            each.accept(known);
          }
        }
      }
      return outcome;
    };
  }

  /** Of each application, what had an effect in the minute before now. One thread at a time. */
  Map<String, Latency> look(Instant now) {
    Map<String, Latency> all = new HashMap<>();
    windows.forEach((application, window) -> all.put(application, window.next(now)));
    return all;
  }
}
