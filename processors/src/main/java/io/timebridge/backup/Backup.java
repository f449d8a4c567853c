package io.timebridge.backup;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

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

  public boolean isDeleted() {
    return deletedAt.isPresent();
  }

  /** Whether the event of a saved entry adds nothing: a newer version is kept, or this very one. */
  public boolean covers(JsonNode event) {
    OptionalLong of = EntryJson.version(event);
    return !isDeleted()
        && of.isPresent()
        && !EntryJson.saysDeleted(event)
        && (of.getAsLong() < version || (of.getAsLong() == version && EntryJson.same(body, event)));
  }
}
