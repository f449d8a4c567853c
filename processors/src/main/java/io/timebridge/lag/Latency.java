package io.timebridge.lag;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long events took from their arrival at the door to their effect, over the last minute. It is
 * counts and no percentiles, so that what several processes tell can be put together. Immutable.
 *
 * @param counts how many events took so many milliseconds, of which two digits are good
 */
public record Latency(SortedMap<Long, Long> counts) {
  /** No event had an effect. */
  public static final Latency NONE = new Latency(new TreeMap<>());

  public Latency {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }

  /** All of them together. */
  public static Latency sum(Collection<Latency> parts) {
    SortedMap<Long, Long> sum = new TreeMap<>();
    for (Latency part : parts) {
      part.counts.forEach((millis, count) -> sum.merge(millis, count, Long::sum));
    }
    return new Latency(sum);
  }

  /** How many events had an effect. */
  public long events() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * The time within which that part of the events had their effect.
   *
   * @param part 0.5 for the median; 0 to 1
   * @return empty when there were none
   */
  public Optional<Duration> within(double part) {
    long wanted = (long) Math.ceil(part * events());
    long seen = 0;
    for (Map.Entry<Long, Long> entry : counts.entrySet()) {
      seen += entry.getValue();
      if (seen >= wanted) {
        return Optional.of(Duration.ofMillis(entry.getKey()));
      }
    }
    return Optional.empty();
  }
}
