package io.timebridge.replay;

import io.timebridge.backup.Backup;
import io.timebridge.backup.BackupStore;
import io.timebridge.backup.DynamoDbBackupStore;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.Route;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The entries that the table of backups knows, by their last change: saved ({@code updated_at}) or
 * deleted within the window.
 */
final class BackupEntries {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /** A version is a whole second, and may lie anywhere in it. */
  private static final Duration OF_A_VERSION = Duration.ofSeconds(1);

  private final DynamoDbBackupStore backups;
  private final Window window;
  private final boolean openEnd;
  private final Optional<EntryId> key;

  /**
   * @param openEnd whether what was changed after the window belongs to it too: FirstService's
   *     clock may be ahead of ours
   */
  BackupEntries(
      DynamoDbBackupStore backups, Window window, boolean openEnd, Optional<EntryId> key) {
    this.backups = backups;
    this.window = window;
    this.openEnd = openEnd;
    this.key = key;
  }

  /** Those of the window, with where each was booked as far as {@code whereabouts} can tell. */
  void gather(EntryKeys.Basket into, Whereabouts whereabouts)
      throws StoreTrouble, ReplayStopped, InterruptedException {
    if (key.isPresent()) {
      Optional<Backup> backup = backups.read(key.get()).map(BackupStore.Stored::backup);
      if (backup.isPresent()) {
        add(key.get(), backup.get(), into, whereabouts);
      }
      return;
    }
    backups.<ReplayStopped>each((id, backup) -> add(id, backup, into, whereabouts));
  }

  private void add(EntryId id, Backup backup, EntryKeys.Basket into, Whereabouts whereabouts)
      throws StoreTrouble, ReplayStopped, InterruptedException {
    into.reading();
    if (isInWindow(backup)) {
      into.add(id, place(id, backup, whereabouts));
    }
  }

  /** Where the entry was booked when it was last seen; a deleted one's backup says it too. */
  static Optional<Place> place(EntryId id, Backup backup, Whereabouts whereabouts) {
    return backup.body().isEmpty()
        ? Optional.<Place>empty()
        : whereabouts.of(id, JSON.readTree(backup.body()));
  }

  private boolean isInWindow(Backup backup) {
    Instant begins = backup.deletedAt().orElse(Instant.ofEpochSecond(backup.version()));
    Instant ends = backup.isDeleted() ? begins : begins.plus(OF_A_VERSION).minusMillis(1);
    return !ends.isBefore(window.from()) && (openEnd || begins.isBefore(window.to()));
  }

  /**
   * What is published of entries without force: the whole entry as an update, or its deletion, both
   * in Timebridge's own name since a backup has no signature.
   */
  static EntryKeys.Maker asEvents(DynamoDbBackupStore backups, String replay, InstantSource clock) {
    return (id, places) ->
        backups
            .read(id)
            .map(stored ->
                new Replayed(replay, Optional.empty())
                    .mark(event(id, stored.backup(), replay, clock.instant())));
  }

  private static Envelope event(EntryId id, Backup backup, String replay, Instant now) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode payload = body.putObject("payload");
    if (!backup.body().isEmpty() && JSON.readTree(backup.body()) instanceof ObjectNode entry) {
      for (Map.Entry<String, JsonNode> field : entry.properties()) {
        payload.set(field.getKey(), field.getValue());
      }
    }
    payload.put("id", id.value());
    payload.remove(Set.of("entity_id", "entity_path")); // it would be taken for a thin event
    if (backup.isDeleted()) {
      payload.remove("updated_at"); // so FirstService is asked, whatever the row says
    }
    return new Envelope(
        "replay-" + replay + "-" + id.key(),
        Envelope.Source.TIMEBRIDGE,
        backup.isDeleted() ? Route.TIMESHEET_DELETION : Route.TIMESHEET_UPDATE,
        id.key(),
        now,
        Map.of(),
        JSON.writeValueAsBytes(body),
        null);
  }
}
