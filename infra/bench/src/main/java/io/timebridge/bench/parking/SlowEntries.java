package io.timebridge.bench.parking;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStoreView;
import io.timebridge.timesheet.InMemoryEntryStore;
import io.timebridge.timesheet.Intent;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/** The entry rows in memory, every read and write of them late by the same time: a stub. */
final class SlowEntries extends EntryStoreView {
  private final long millis;

  SlowEntries(long millis) {
    super(new InMemoryEntryStore());
    this.millis = millis;
  }

  private void late() throws Unavailable {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted", stopped);
    }
  }

  @Override
  public EntryRow read(EntryId id) throws Unavailable {
    late();
    return super.read(id);
  }

  @Override
  public Written begin(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    late();
    return super.begin(id, seen, intent);
  }

  @Override
  public Written takeOver(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    late();
    return super.takeOver(id, seen, intent);
  }

  @Override
  public Written result(EntryId id, String token, Result result) throws Unavailable {
    late();
    return super.result(id, token, result);
  }

  @Override
  public Written note(EntryId id, EntryRow seen, Result result) throws Unavailable {
    late();
    return super.note(id, seen, result);
  }

  @Override
  public Written release(EntryId id, String token) throws Unavailable {
    late();
    return super.release(id, token);
  }

  @Override
  public Written park(
      EntryId id, EntryRow seen, Optional<String> token, StreamRecord record, Parking why)
      throws Unavailable {
    late();
    return super.park(id, seen, token, record, why);
  }

  @Override
  public Written follow(EntryId id, EntryRow seen, StreamRecord record) throws Unavailable {
    late();
    return super.follow(id, seen, record);
  }

  @Override
  public Written woken(EntryId id, long episode) throws Unavailable {
    late();
    return super.woken(id, episode);
  }

  @Override
  public List<StreamRecord> waiting(EntryId id, int most) throws Unavailable {
    late();
    return super.waiting(id, most);
  }

  @Override
  public Written drained(
      EntryId id,
      EntryRow seen,
      Optional<String> token,
      Optional<Result> result,
      List<BigInteger> sequences)
      throws Unavailable {
    late();
    return super.drained(id, seen, token, result, sequences);
  }

  @Override
  public Written rejectedAgain(EntryId id, EntryRow seen, Optional<String> token, Parking why)
      throws Unavailable {
    late();
    return super.rejectedAgain(id, seen, token, why);
  }

  @Override
  public Written bury(EntryId id, EntryRow seen) throws Unavailable {
    late();
    return super.bury(id, seen);
  }

  @Override
  public Written wakeAgain(EntryId id, EntryRow seen) throws Unavailable {
    late();
    return super.wakeAgain(id, seen);
  }
}
