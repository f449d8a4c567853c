package io.timebridge.story;

import io.timebridge.backup.BackupStore;
import io.timebridge.deadletters.DeadLetters;
import io.timebridge.deadletters.WaitingEvent;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads everything that is known of an entry and tells its story. Changes nothing. Costs a few
 * reads, however much else is in the tables; only records that were kept out are gone through, at
 * most {@value DeadLetters#MOST_KEPT_OUT} of them. Thread-safe as the stores are.
 */
public final class StoryReader {
  /** Events of each kind that a story tells, the oldest. */
  public static final int MOST_EVENTS = 100;

  private final EntryStore entries;
  private final DeadLetters deadLetters;
  private final BackupStore backups;

  public StoryReader(EntryStore entries, DeadLetters deadLetters, BackupStore backups) {
    this.entries = entries;
    this.deadLetters = deadLetters;
    this.backups = backups;
  }

  /**
   * Reads what is kept here, then asks the services.
   *
   * @param live where they are asked; a service that does not answer is told in the story
   */
  public Story read(EntryId id, LiveViews live) throws StoreTrouble, InterruptedException {
    EntryRow row = row(id);
    Optional<WaitingKey> waits =
        row.waits() ? deadLetters.find(id.key()) : Optional.<WaitingKey>empty();
    List<WaitingEvent> waiting = new ArrayList<>();
    List<WaitingEvent> givenUp = new ArrayList<>();
    List<WaitingEvent> backupWaiting = new ArrayList<>();
    List<WaitingEvent> keptOut = new ArrayList<>();
    boolean more = deadLetters.events(id.key(), MOST_EVENTS, waiting::add);
    more |= deadLetters.discarded(id.key(), MOST_EVENTS, givenUp::add);
    more |= deadLetters.events("backup-" + id.key(), MOST_EVENTS, backupWaiting::add);
    more |= deadLetters.keptOut(id.key(), MOST_EVENTS, keptOut::add);
    FirstView first = live.first(id);
    return Story.of(
        new Sources(
            id,
            row,
            waits,
            waiting,
            givenUp,
            backups.read(id).map(BackupStore.Stored::backup),
            backupWaiting,
            keptOut,
            more,
            first,
            live.second(id, row, first)));
  }

  private EntryRow row(EntryId id) throws StoreTrouble {
    try {
      return entries.read(id);
    } catch (EntryStore.Unavailable trouble) {
      throw new StoreTrouble(String.valueOf(trouble.getMessage()), trouble);
    }
  }
}
