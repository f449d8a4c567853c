package io.timebridge.story;

import io.timebridge.backup.Backup;
import io.timebridge.deadletters.WaitingEvent;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a story is made of.
 *
 * @param waits what is known of the key while events of it wait
 * @param waiting those events, the oldest
 * @param givenUp events that were given up, the oldest
 * @param backup the entry as FirstService sent it; its body is not told
 * @param backupWaiting events of the backup stream that could not be kept
 * @param quarantined records under the key that were kept out
 * @param more whether there are more of any of these
 */
public record Sources(
    EntryId id,
    EntryRow row,
    Optional<WaitingKey> waits,
    List<WaitingEvent> waiting,
    List<WaitingEvent> givenUp,
    Optional<Backup> backup,
    List<WaitingEvent> backupWaiting,
    List<WaitingEvent> quarantined,
    boolean more,
    FirstView first,
    SecondView second) {

  public Sources {
    waiting = List.copyOf(waiting);
    givenUp = List.copyOf(givenUp);
    backupWaiting = List.copyOf(backupWaiting);
    quarantined = List.copyOf(quarantined);
  }
}
