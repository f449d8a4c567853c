package io.timebridge.local.planted;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.Intent;
import java.util.Optional;

/** An entry store that passes everything on; what is to be different is overridden. */
public abstract class AroundEntries implements EntryStore {
  protected final EntryStore store;

  protected AroundEntries(EntryStore store) {
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
}
