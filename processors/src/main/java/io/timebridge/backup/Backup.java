package io.timebridge.backup;

import java.time.Instant;
import java.util.Optional;

/**
 * What is kept of one entry.
 *
 * @param version its {@code updated_at}; 0 when it was deleted before any version of it was seen
 * @param body the entry's JSON object as FirstService sent it, compact; empty with version 0
 * @param deletedAt the tombstone: when the deletion was received; {@code body} is then the last
 *     known one
 */
public record Backup(long version, String body, Optional<Instant> deletedAt) {
  Backup deleted(Instant at) {
    return new Backup(version, body, Optional.of(at));
  }

  boolean isDeleted() {
    return deletedAt.isPresent();
  }
}
