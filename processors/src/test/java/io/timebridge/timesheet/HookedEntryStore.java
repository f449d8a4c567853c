package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import java.util.Optional;

/** Calls a test after each write that was done, with its name: to play a crash, or a rival. */
final class HookedEntryStore implements EntryStore {
  /** May throw: the write is done, its caller never learns. */
  @FunctionalInterface
  interface Hook {
    void after(String step) throws Unavailable;
  }

  Hook after = step -> {};
  boolean releaseFails;
  private final EntryStore store;

  HookedEntryStore(EntryStore store) {
    this.store = store;
  }

  private Written told(String step, Written written) throws Unavailable {
    if (written instanceof Written.Done) {
      after.after(step);
    }
    return written;
  }

  @Override
  public EntryRow read(EntryId id) throws Unavailable {
    return store.read(id);
  }

  @Override
  public Written begin(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    return told("begin", store.begin(id, seen, intent));
  }

  @Override
  public Written takeOver(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    return told("take-over", store.takeOver(id, seen, intent));
  }

  @Override
  public Written result(EntryId id, String token, Result result) throws Unavailable {
    return told("result", store.result(id, token, result));
  }

  @Override
  public Written note(EntryId id, EntryRow seen, Result result) throws Unavailable {
    return told("note", store.note(id, seen, result));
  }

  @Override
  public Written release(EntryId id, String token) throws Unavailable {
    if (releaseFails) {
      throw new Unavailable("throttled", new IllegalStateException("throttled"));
    }
    return told("release", store.release(id, token));
  }

  @Override
  public Written park(
      EntryId id, EntryRow seen, Optional<String> token, StreamRecord record, Parking why)
      throws Unavailable {
    return told("park", store.park(id, seen, token, record, why));
  }

  @Override
  public Written follow(EntryId id, EntryRow seen, StreamRecord record) throws Unavailable {
    return told("follow", store.follow(id, seen, record));
  }
}
