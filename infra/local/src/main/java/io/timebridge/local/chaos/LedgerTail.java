package io.timebridge.local.chaos;

import io.timebridge.local.sim.SimControl;
import io.timebridge.local.sim.SimControl.Effect;
import java.util.ArrayList;
import java.util.List;

/** One simulator's whole ledger, read on as it grows. Not thread-safe. */
final class LedgerTail {
  private final SimControl service;
  private final List<Effect> effects = new ArrayList<>();

  LedgerTail(SimControl service) {
    this.service = service;
  }

  /** All effects so far. */
  List<Effect> read() {
    effects.addAll(service.ledger(effects.isEmpty() ? 0 : effects.getLast().n()));
    return List.copyOf(effects);
  }
}
