package io.timebridge.local.chaos;

import io.timebridge.local.planted.AroundEntries;
import io.timebridge.local.planted.Step;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.Intent;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/** The entry store with the steps at which an intent or a result has been written. */
final class SteppedEntries extends AroundEntries {
  private final Steps steps;

  SteppedEntries(EntryStore store, Steps steps) {
    super(store);
    this.steps = steps;
  }

  @Override
  public Written begin(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    return announced(id, intent, store.begin(id, seen, intent));
  }

  @Override
  public Written takeOver(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    return announced(id, intent, store.takeOver(id, seen, intent));
  }

  private Written announced(EntryId id, Intent intent, Written written) {
    if (written instanceof Written.Done) {
      String operation = intent.op() == Intent.Op.ADD ? Steps.ADD : Steps.CHANGE;
      steps.reached(Step.INTENT_WRITTEN, Service.SECOND, operation, id.key());
    }
    return written;
  }

  @Override
  public Written result(EntryId id, String token, Result result) throws Unavailable {
    return kept(id, store.result(id, token, result));
  }

  @Override
  public Written note(EntryId id, EntryRow seen, Result result) throws Unavailable {
    return kept(id, store.note(id, seen, result));
  }

  @Override
  public Written park(
      EntryId id, EntryRow seen, Optional<String> token, StreamRecord record, Parking why)
      throws Unavailable {
    return parked(id, store.park(id, seen, token, record, why));
  }

  @Override
  public Written follow(EntryId id, EntryRow seen, StreamRecord record) throws Unavailable {
    return parked(id, store.follow(id, seen, record));
  }

  private Written parked(EntryId id, Written written) {
    if (written instanceof Written.Done) {
      steps.reached(Step.PARKED, Service.SECOND, Steps.UNKNOWN, id.key());
    }
    return written;
  }

  @Override
  public Written drained(
      EntryId id,
      EntryRow seen,
      Optional<String> token,
      Optional<Result> result,
      List<BigInteger> sequences)
      throws Unavailable {
    Written written = store.drained(id, seen, token, result, sequences);
    if (written instanceof Written.Done(EntryRow row)) {
      Step step = row.waits() ? Step.DRAINED : Step.UNPARKED;
      steps.reached(step, Service.SECOND, Steps.UNKNOWN, id.key());
    }
    return written;
  }

  @Override
  public Written rejectedAgain(EntryId id, EntryRow seen, Optional<String> token, Parking why)
      throws Unavailable {
    return kept(id, store.rejectedAgain(id, seen, token, why));
  }

  private Written kept(EntryId id, Written written) {
    if (written instanceof Written.Done) {
      steps.reached(Step.STATE_WRITTEN, Service.SECOND, Steps.UNKNOWN, id.key());
    }
    return written;
  }
}
