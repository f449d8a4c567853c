package io.timebridge.bench.takeover;

import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import java.io.IOException;
import java.util.List;

/**
 * What a handler owes: one look at what is there, nothing if the record is there already, else one
 * effect on the condition that nothing has changed since the look. Thread-safe.
 */
final class LedgerHandler implements Handler<Delivery> {
  private final LedgerClient ledger;

  LedgerHandler(LedgerClient ledger) {
    this.ledger = ledger;
  }

  @Override
  public Outcome handle(String key, List<Delivery> records) throws InterruptedException {
    Delivery record = records.getLast();
    try {
      int version = ledger.read(record);
      if (version >= record.number()) {
        return new Outcome.Skipped("it is there");
      }
      Ledger.Answer answer = ledger.carryOut(record, version);
      if (answer.carriedOut()) {
        return new Outcome.Applied("carried out");
      }
      return answer.version() >= record.number()
          ? new Outcome.Skipped("another worker was first")
          : new Outcome.Retry("another worker is at this key");
    } catch (IOException unanswered) {
      return new Outcome.Retry(unanswered.toString());
    }
  }
}
