package io.timebridge.backup;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.EntryId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Backups in memory, with the condition of the real store. For one thread. */
final class InMemoryBackupStore implements BackupStore {
  private final Map<EntryId, Stored> items = new HashMap<>();
  private boolean failing;
  private Runnable beforeReplace = () -> {};

  void fail(boolean on) {
    failing = on;
  }

  /** Once, before the next write: another writer. */
  void beforeNextReplace(Runnable work) {
    beforeReplace = work;
  }

  Optional<Backup> backup(long id) {
    return Optional.ofNullable(items.get(new EntryId(id))).map(Stored::backup);
  }

  void put(long id, Backup backup) {
    EntryId key = new EntryId(id);
    Stored there = items.get(key);
    items.put(key, new Stored(backup, there == null ? 1 : there.revision() + 1));
  }

  @Override
  public Optional<Stored> read(EntryId id) throws StoreTrouble {
    if (failing) {
      throw new StoreTrouble("Timesheet_Backup is down", null);
    }
    return Optional.ofNullable(items.get(id));
  }

  @Override
  public boolean replace(EntryId id, Optional<Stored> seen, Backup next) {
    Runnable other = beforeReplace;
    beforeReplace = () -> {};
    other.run();
    if (!Optional.ofNullable(items.get(id)).equals(seen)) {
      return false;
    }
    put(id.value(), next);
    return true;
  }
}
