package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * The entry rows as a drain of some waiting events writes them: a result takes the events away, a
 * rejection leaves them where they are. Used by one thread.
 */
final class DrainedEntries extends EntryStoreView {
  private final List<BigInteger> sequences;

  /** The row as it was last seen under our token; what waits is counted in it. */
  private EntryRow last = EntryRow.absent();

  private EntryRow rejected = EntryRow.absent();

  DrainedEntries(EntryStore store, List<StreamRecord> records) {
    super(store);
    this.sequences = records.stream().map(StreamRecord::sequence).toList();
  }

  @Override
  public EntryRow read(EntryId id) throws Unavailable {
    last = store.read(id);
    return last;
  }

  @Override
  public Written begin(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    return remember(store.begin(id, seen, intent));
  }

  @Override
  public Written takeOver(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    return remember(store.takeOver(id, seen, intent));
  }

  private Written remember(Written written) {
    if (written instanceof Written.Done(EntryRow row)) {
      last = row;
    }
    return written;
  }

  @Override
  public Written result(EntryId id, String token, Result result) throws Unavailable {
    return store.drained(id, last, Optional.of(token), Optional.of(result), sequences);
  }

  @Override
  public Written note(EntryId id, EntryRow seen, Result result) throws Unavailable {
    return store.drained(id, seen, Optional.empty(), Optional.of(result), sequences);
  }

  @Override
  public Written skip(EntryId id, EntryRow seen) throws Unavailable {
    return store.drained(id, seen, Optional.empty(), Optional.empty(), sequences);
  }

  @Override
  public Written park(
      EntryId id, EntryRow seen, Optional<String> token, StreamRecord record, Parking why)
      throws Unavailable {
    Written written = store.rejectedAgain(id, seen, token, why);
    if (written instanceof Written.Done(EntryRow row)) {
      rejected = row;
    }
    return written;
  }

  /** The row right after the rejection; absent before there is one. */
  EntryRow rejected() {
    return rejected;
  }

  @Override
  public Written follow(EntryId id, EntryRow seen, StreamRecord record) {
    throw new IllegalStateException("what waits already does not follow: entry " + id);
  }
}
