package io.timebridge.bench.parking;

import io.timebridge.bench.measure.Statistics;
import io.timebridge.local.sim.SimControl;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Edits of entries, and when SecondService had them. Used by one thread. */
final class Edits {
  private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);

  private record Edit(String mark, BigDecimal hours) {}

  private final Map<Edit, Instant> made = new HashMap<>();
  private final Map<Edit, Duration> took = new HashMap<>();

  /** One is about to be made; no other of its entry has the same duration. */
  void add(long id, int seconds) {
    BigDecimal hours =
        BigDecimal.valueOf(seconds).divide(SECONDS_PER_HOUR, 2, RoundingMode.UNNECESSARY);
    made.put(new Edit("[TB#" + id + "]", hours), Instant.now());
  }

  /** Looks them up among the effects; whether all are there. */
  boolean match(List<SimControl.Effect> ledger) {
    for (SimControl.Effect effect : ledger) {
      String description = effect.content().path("strDescription").asString("");
      if (!effect.content().path("dblHours").isNumber()) {
        continue;
      }
      Edit edit =
          new Edit(
              description.substring(Math.max(0, description.lastIndexOf('['))),
              effect.content().path("dblHours").decimalValue().setScale(2, RoundingMode.HALF_UP));
      Instant since = made.get(edit);
      if (since != null) {
        took.putIfAbsent(edit, Duration.between(since, effect.at()));
      }
    }
    return took.size() == made.size();
  }

  Behind.Others.Flow flow(double seconds) {
    long[] millis = took.values().stream().mapToLong(Duration::toMillis).toArray();
    return new Behind.Others.Flow(
        made.size(),
        took.size(),
        seconds,
        Statistics.percentile(millis, 0.5),
        Statistics.percentile(millis, 0.99));
  }
}
