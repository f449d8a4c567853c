package io.timebridge.bench.takeover;

import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handlers with a bug in them. */
final class PlantedHandlers {
  private static final Logger LOG = LoggerFactory.getLogger(PlantedHandlers.class);
  private static final Duration LATER = Duration.ofMillis(500);

  private PlantedHandlers() {}

  static Handler<Delivery> of(Plant plant, LedgerClient ledger) {
    return switch (plant) {
      case NONE -> new LedgerHandler(ledger);
      case NO_READ -> noRead(ledger);
      case CHECKPOINT_EARLY -> early(new LedgerHandler(ledger));
    };
  }

  private static Handler<Delivery> noRead(LedgerClient ledger) {
    return (_, records) -> {
      try {
        ledger.carryOut(records.getLast(), Ledger.WHATEVER);
        return new Outcome.Applied("carried out");
      } catch (IOException unanswered) {
        return new Outcome.Retry(unanswered.toString());
      }
    };
  }

  /** A key's records stay in order among themselves: only the answer is a lie. */
  private static Handler<Delivery> early(Handler<Delivery> honest) {
    Executor later =
        CompletableFuture.delayedExecutor(
            LATER.toMillis(), TimeUnit.MILLISECONDS, Executors.newVirtualThreadPerTaskExecutor());
    Map<String, CompletableFuture<Void>> lasts = new ConcurrentHashMap<>();
    return (key, records) -> {
      CompletableFuture<Void> due = CompletableFuture.runAsync(() -> {}, later);
      lasts.compute(
          key,
          (_, last) ->
              (last == null ? due : last.thenCombine(due, (_, _) -> null))
                  .thenRun(() -> carryOut(honest, key, records)));
      return new Outcome.Applied("or so it says");
    };
  }

  private static void carryOut(Handler<Delivery> honest, String key, List<Delivery> records) {
    try {
      LOG.debug("carried out late: key={} outcome={}", key, honest.handle(key, records));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
