package io.timebridge.timesheet;

import io.timebridge.failure.RetryQueue;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.failure.WakeUp;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import java.util.Optional;

/**
 * The entry rows as the stream's side writes them: whoever parks a key sends the wake-up it owes,
 * before its event counts as finished. Thread-safe.
 */
final class WakingEntries extends EntryStoreView {
  private final RetryQueue queue;

  WakingEntries(EntryStore store, RetryQueue queue) {
    super(store);
    this.queue = queue;
  }

  @Override
  public Written park(
      EntryId id, EntryRow seen, Optional<String> token, StreamRecord record, Parking why)
      throws Unavailable {
    return woken(id, store.park(id, seen, token, record, why), why.rejection().reason().name());
  }

  @Override
  public Written follow(EntryId id, EntryRow seen, StreamRecord record) throws Unavailable {
    return woken(id, store.follow(id, seen, record), "FOLLOWS");
  }

  private Written woken(EntryId id, Written written, String reason) throws Unavailable {
    if (written instanceof Written.Done(EntryRow row)) {
      wake(id, row, reason);
    }
    return written;
  }

  /**
   * Sends the wake-up that a row owes, if it owes one (W6).
   *
   * @throws Unavailable when it is not known to be sent, or not known to be marked: it stays owed
   */
  void wake(EntryId id, EntryRow row, String reason) throws Unavailable {
    wake(id, row, reason, queue::send);
  }

  /** As {@link #wake}, past a wake-up of the key that stays away until its next try. */
  void wakeApart(EntryId id, EntryRow row, String reason) throws Unavailable {
    wake(id, row, reason, queue::sendApart);
  }

  private interface Sending {
    void send(WakeUp wakeUp) throws StoreTrouble, InterruptedException;
  }

  private void wake(EntryId id, EntryRow row, String reason, Sending sending) throws Unavailable {
    if (!row.waits() || row.wake() != EntryRow.Wake.OWED) {
      return;
    }
    try {
      sending.send(new WakeUp(id.key(), row.episode(), reason));
    } catch (StoreTrouble trouble) {
      throw new Unavailable(
          "the wake-up of entry " + id + " was not sent: " + trouble.getMessage(), trouble);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted before the wake-up of entry " + id, stopped);
    }
    store.woken(id, row.episode());
  }
}
