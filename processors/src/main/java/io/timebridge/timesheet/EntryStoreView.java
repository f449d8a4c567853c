package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Another store seen differently: everything is passed on, unless it is overridden. */
public abstract class EntryStoreView implements EntryStore {
  protected final EntryStore store;

  protected EntryStoreView(EntryStore store) {
    this.store = store;
  }

  @Override
  public EntryRow read(EntryId id) throws Unavailable {
    return store.read(id);
  }

  @Override
  public Written begin(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    return store.begin(id, seen, intent);
  }

  @Override
  public Written takeOver(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    return store.takeOver(id, seen, intent);
  }

  @Override
  public Written result(EntryId id, String token, Result result) throws Unavailable {
    return store.result(id, token, result);
  }

  @Override
  public Written note(EntryId id, EntryRow seen, Result result) throws Unavailable {
    return store.note(id, seen, result);
  }

  @Override
  public Written release(EntryId id, String token) throws Unavailable {
    return store.release(id, token);
  }

  @Override
  public Written park(
      EntryId id, EntryRow seen, Optional<String> token, StreamRecord record, Parking why)
      throws Unavailable {
    return store.park(id, seen, token, record, why);
  }

  @Override
  public Written follow(EntryId id, EntryRow seen, StreamRecord record) throws Unavailable {
    return store.follow(id, seen, record);
  }

  @Override
  public Written woken(EntryId id, long episode) throws Unavailable {
    return store.woken(id, episode);
  }

  @Override
  public Written skip(EntryId id, EntryRow seen) throws Unavailable {
    return store.skip(id, seen);
  }

  @Override
  public Optional<Rejection.Reason> waitsBecause(EntryId id) throws Unavailable {
    return store.waitsBecause(id);
  }

  @Override
  public List<StreamRecord> waiting(EntryId id, int most) throws Unavailable {
    return store.waiting(id, most);
  }

  @Override
  public Written drained(
      EntryId id,
      EntryRow seen,
      Optional<String> token,
      Optional<Result> result,
      List<BigInteger> sequences)
      throws Unavailable {
    return store.drained(id, seen, token, result, sequences);
  }

  @Override
  public Written rejectedAgain(EntryId id, EntryRow seen, Optional<String> token, Parking why)
      throws Unavailable {
    return store.rejectedAgain(id, seen, token, why);
  }

  @Override
  public Written bury(EntryId id, EntryRow seen) throws Unavailable {
    return store.bury(id, seen);
  }

  @Override
  public Written wakeAgain(EntryId id, EntryRow seen) throws Unavailable {
    return store.wakeAgain(id, seen);
  }

  @Override
  public List<EntryId> asleep(Instant owedSince, Instant sentSince, int most) throws Unavailable {
    return store.asleep(owedSince, sentSince, most);
  }

  @Override
  public ParkedKeys parked(Optional<String> after, int most) throws Unavailable {
    return store.parked(after, most);
  }
}
