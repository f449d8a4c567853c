package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryStore.Written;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds parked keys whose wake-up a crash left unsent, or that nobody has touched for longer than a
 * wake-up can take to come again, and sends one. Several sweeps at once do no harm. Thread-safe.
 */
public final class EntrySweep {
  private static final Logger LOG = LoggerFactory.getLogger(EntrySweep.class);

  /** Whoever parks a key sends its wake-up at once; after this time he will not. */
  private static final Duration OWED_FOR = Duration.ofMinutes(1);

  private static final int MOST = 500;

  private final EntryStore store;
  private final TimesheetApplier applier;
  private final Duration asleepFor;
  private final InstantSource clock;

  /**
   * @param asleepFor longer than a wake-up that was sent may stay away
   */
  public EntrySweep(
      EntryStore store, TimesheetApplier applier, Duration asleepFor, InstantSource clock) {
    this.store = store;
    this.applier = applier;
    this.asleepFor = asleepFor;
    this.clock = clock;
  }

  /**
   * Sweeps once.
   *
   * @return wake-ups sent
   */
  public int sweep() throws EntryStore.Unavailable {
    Instant now = clock.instant();
    int sent = 0;
    for (EntryId id : store.asleep(now.minus(OWED_FOR), now.minus(asleepFor), MOST)) {
      EntryRow row = store.read(id);
      if (row.waits() && row.wake() == EntryRow.Wake.SENT) {
        row = store.wakeAgain(id, row) instanceof Written.Done(EntryRow woken) ? woken : row;
      }
      if (row.waits() && row.wake() == EntryRow.Wake.OWED) {
        applier.wake(id, row, "SWEEP");
        sent++;
      }
    }
    if (sent > 0) {
      LOG.info("wake-ups sent that had got lost: {}", sent);
    }
    return sent;
  }
}
