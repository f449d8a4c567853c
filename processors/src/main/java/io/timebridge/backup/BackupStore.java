package io.timebridge.backup;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.EntryId;
import java.util.Optional;

/** Where backups are kept. Thread-safe; several processes may share one store. */
public interface BackupStore {
  /** The backup as it is now; no stale answer. */
  Optional<Stored> read(EntryId id) throws StoreTrouble, InterruptedException;

  /**
   * Keeps {@code next} if the stored backup is still the one that was seen (or still missing);
   * atomic.
   *
   * @return whether it was kept
   */
  boolean replace(EntryId id, Optional<Stored> seen, Backup next)
      throws StoreTrouble, InterruptedException;

  /**
   * A backup as it was read.
   *
   * @param revision grows with every write of this entry's backup
   */
  record Stored(Backup backup, long revision) {}
}
