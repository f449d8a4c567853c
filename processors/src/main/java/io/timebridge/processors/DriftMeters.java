package io.timebridge.processors;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.metrics.Meters;
import io.timebridge.reconcile.Kind;
import io.timebridge.reconcile.Result;
import io.timebridge.reconcile.ResultStore;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The last comparison of both services as metrics, whichever worker made it: what is kept and read
 * by way of this is what the gauges say, not a number before there was one. Thread-safe as the
 * store is.
 */
final class DriftMeters implements ResultStore {
  private final ResultStore store;
  private volatile Optional<JsonNode> last = Optional.empty();

  DriftMeters(ResultStore store, Meters meters) {
    this.store = store;
    for (Kind kind : Kind.values()) {
      meters.gauge(
          "reconcile.drift.entries",
          "Entries that differed in the last comparison of both services; one may count for several kinds",
          () -> of("kinds", kind.word()),
          "kind",
          kind.word());
    }
    meters.gauge(
        "reconcile.differing.entries",
        "Entries that differed in the last comparison of both services",
        () -> of("drifts"));
    meters.gauge(
        "reconcile.ended.timestamp.seconds",
        "When the last comparison of both services ended, in seconds since 1970",
        () ->
            last.map(l -> (double) Instant.parse(l.path("ended").asString()).getEpochSecond())
                .orElse(Double.NaN));
  }

  /** A kind that is not named did not differ. */
  private double of(String... path) {
    Optional<JsonNode> result = last;
    if (result.isEmpty()) {
      return Double.NaN;
    }
    JsonNode at = result.get();
    for (String name : path) {
      at = at.path(name);
    }
    return at.asDouble(0);
  }

  @Override
  public void keep(Result result) throws StoreTrouble, InterruptedException {
    store.keep(result);
    last();
  }

  @Override
  public Optional<JsonNode> last() throws StoreTrouble, InterruptedException {
    last = store.last();
    return last;
  }
}
