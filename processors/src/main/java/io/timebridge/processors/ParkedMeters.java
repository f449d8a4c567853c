package io.timebridge.processors;

import io.timebridge.deadletters.ParkedListener;
import io.timebridge.metrics.Meters;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What waits in the tables, by what is told of it. Nothing before the first look. Thread-safe. */
final class ParkedMeters implements ParkedListener {
  /** More than there are problems. */
  private static final int MOST = 64;

  private volatile Map<String, Waiting> last = Map.of();

  ParkedMeters(Meters meters) {
    meters.rows(
        "parked.keys",
        "Keys that wait, of the whole deployment, by problem: parked-dead are those that nothing tries again, counted by their reason as well",
        "problem",
        MOST,
        () -> each(Waiting::keys));
    meters.rows(
        "parked.events",
        "Events that wait, as timebridge_parked_keys",
        "problem",
        MOST,
        () -> each(Waiting::events));
    meters.rows(
        "parked.oldest.timestamp.seconds",
        "When the oldest of them began to wait, since 1970",
        "problem",
        MOST,
        this::since);
  }

  private Map<String, Double> since() {
    Map<String, Double> since = new HashMap<>();
    last.forEach((problem, waiting) -> {
      if (waiting.keys() > 0) {
        since.put(problem, (double) waiting.oldest().getEpochSecond());
      }
    });
    return since;
  }

  private Map<String, Double> each(ToDoubleFunction<Waiting> figure) {
    Map<String, Double> each = new HashMap<>();
    last.forEach((problem, waiting) -> each.put(problem, figure.applyAsDouble(waiting)));
    return each;
  }

  @Override
  public void looked(Map<String, Waiting> byProblem) {
    last = Map.copyOf(byProblem);
  }
}
