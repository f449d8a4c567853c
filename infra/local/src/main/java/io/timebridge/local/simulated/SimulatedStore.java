package io.timebridge.local.simulated;

import io.timebridge.local.planted.Step;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.Intent;
import io.timebridge.timesheet.Rejection;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The entry rows as one host reaches them: with a way there and back, throttled now and then, and
 * with answers that get lost, upon which the client asks again or gives up.
 */
final class SimulatedStore implements EntryStore {
  private final Host host;
  private final Kernel kernel;
  private final Strikes strikes;
  private final Wire wire;
  private final EntryStore rows;
  private Runnable called = () -> {};

  SimulatedStore(Host host, Kernel kernel, Strikes strikes, Wire wire, EntryStore rows) {
    this.host = host;
    this.kernel = kernel;
    this.strikes = strikes;
    this.wire = wire;
    this.rows = rows;
  }

  /** Does that for every operation. */
  SimulatedStore onCall(Runnable listener) {
    called = listener;
    return this;
  }

  /** An operation on the rows. */
  private interface Operation<T> {
    T run() throws Unavailable;
  }

  private <T> T call(Operation<T> operation) throws Unavailable {
    called.run();
    pause();
    if (wire.isHostile() && kernel.chance(0.02)) {
      throw new Unavailable("throttled", new IllegalStateException("throttled"));
    }
    T answer = operation.run();
    pause();
    if (wire.isHostile() && kernel.chance(0.02)) {
      if (kernel.chance(0.5)) {
        throw new Unavailable("answer lost", new IllegalStateException("answer lost"));
      }
      answer = operation.run();
      pause();
    }
    return answer;
  }

  private void pause() {
    try {
      host.pause(kernel.millis(0, 5));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private Written wrote(Step step, Operation<Written> operation) throws Unavailable {
    Written written = call(operation);
    if (written instanceof Written.Done) {
      strikes.at(step, host);
    }
    return written;
  }

  @Override
  public EntryRow read(EntryId id) throws Unavailable {
    return call(() -> rows.read(id));
  }

  @Override
  public Written begin(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    return wrote(Step.INTENT_WRITTEN, () -> rows.begin(id, seen, intent));
  }

  @Override
  public Written takeOver(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    return wrote(Step.INTENT_WRITTEN, () -> rows.takeOver(id, seen, intent));
  }

  @Override
  public Written result(EntryId id, String token, Result result) throws Unavailable {
    return wrote(Step.STATE_WRITTEN, () -> rows.result(id, token, result));
  }

  @Override
  public Written note(EntryId id, EntryRow seen, Result result) throws Unavailable {
    return wrote(Step.STATE_WRITTEN, () -> rows.note(id, seen, result));
  }

  @Override
  public Written release(EntryId id, String token) throws Unavailable {
    return wrote(Step.STATE_WRITTEN, () -> rows.release(id, token));
  }

  @Override
  public Written park(
      EntryId id, EntryRow seen, Optional<String> token, StreamRecord record, Parking why)
      throws Unavailable {
    return wrote(Step.PARKED, () -> rows.park(id, seen, token, record, why));
  }

  @Override
  public Written follow(EntryId id, EntryRow seen, StreamRecord record) throws Unavailable {
    return wrote(Step.PARKED, () -> rows.follow(id, seen, record));
  }

  @Override
  public Written woken(EntryId id, long episode) throws Unavailable {
    return wrote(Step.WAKE_SENT, () -> rows.woken(id, episode));
  }

  @Override
  public Optional<Rejection.Reason> waitsBecause(EntryId id) throws Unavailable {
    return call(() -> rows.waitsBecause(id));
  }

  @Override
  public List<StreamRecord> waiting(EntryId id, int most) throws Unavailable {
    return call(() -> rows.waiting(id, most));
  }

  @Override
  public Written drained(
      EntryId id,
      EntryRow seen,
      Optional<String> token,
      Optional<Result> result,
      List<BigInteger> sequences)
      throws Unavailable {
    Written written = call(() -> rows.drained(id, seen, token, result, sequences));
    if (written instanceof Written.Done(EntryRow row)) {
      strikes.at(row.waits() ? Step.DRAINED : Step.UNPARKED, host);
    }
    return written;
  }

  @Override
  public Written rejectedAgain(EntryId id, EntryRow seen, Optional<String> token, Parking why)
      throws Unavailable {
    return wrote(Step.STATE_WRITTEN, () -> rows.rejectedAgain(id, seen, token, why));
  }

  @Override
  public Written bury(EntryId id, EntryRow seen) throws Unavailable {
    return wrote(Step.STATE_WRITTEN, () -> rows.bury(id, seen));
  }

  @Override
  public Written wakeAgain(EntryId id, EntryRow seen) throws Unavailable {
    return wrote(Step.STATE_WRITTEN, () -> rows.wakeAgain(id, seen));
  }

  @Override
  public List<EntryId> asleep(Instant owedSince, Instant sentSince, int most) throws Unavailable {
    return call(() -> rows.asleep(owedSince, sentSince, most));
  }

  @Override
  public ParkedKeys parked(Optional<String> after, int most) throws Unavailable {
    return call(() -> rows.parked(after, most));
  }
}
