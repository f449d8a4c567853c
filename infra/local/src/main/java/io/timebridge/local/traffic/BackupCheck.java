package io.timebridge.local.traffic;

import io.timebridge.local.traffic.Comparison.BackupItem;
import io.timebridge.local.traffic.Comparison.Findings;
import io.timebridge.local.traffic.FirstSide.Entry;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every entry against its backup. */
final class BackupCheck {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What only the entry's own edits change; the rest may be newer than the entry. */
  private static final List<String> OWN_FIELDS =
      List.of("id", "updated_at", "day", "note", "label_ids");

  private BackupCheck() {}

  static Findings check(FirstSide first, Collection<BackupItem> backups) {
    Findings wrong = new Findings();
    Map<Long, BackupItem> byEntry = new LinkedHashMap<>();
    for (BackupItem item : backups) {
      if (byEntry.put(item.entryId(), item) != null) {
        wrong.add("entry %d has two backups".formatted(item.entryId()));
      }
    }
    Set<Long> known = new HashSet<>();
    for (Entry entry : first.entries()) {
      known.add(entry.id());
      problem(entry, Optional.ofNullable(byEntry.get(entry.id())))
          .ifPresent(problem -> wrong.add("entry %d %s".formatted(entry.id(), problem)));
    }
    byEntry.keySet().stream()
        .filter(entry -> !known.contains(entry))
        .forEach(entry -> wrong.add("a backup is of unknown entry " + entry));
    return wrong;
  }

  private static Optional<String> problem(Entry entry, Optional<BackupItem> found) {
    if (found.isEmpty()) {
      return Optional.of("has no backup");
    }
    BackupItem item = found.get();
    if (entry.deleted()) {
      return item.deletedAt().isPresent()
          ? Optional.empty()
          : Optional.of("is deleted, but its backup has no tombstone");
    }
    if (item.deletedAt().isPresent()) {
      return Optional.of("lives, but its backup has a tombstone");
    }
    if (item.version() != entry.version()) {
      return Optional.of(
          "has a backup of version %d, expected %d".formatted(item.version(), entry.version()));
    }
    return content(entry, item.body());
  }

  private static Optional<String> content(Entry entry, String body) {
    JsonNode kept;
    try {
      kept = JSON.readTree(body);
    } catch (JacksonException notJson) {
      return Optional.of("has a backup whose body is not JSON");
    }
    for (String field : OWN_FIELDS) {
      if (!text(kept.path(field)).equals(text(entry.json().path(field)))) {
        return Optional.of("has a backup with another " + field);
      }
    }
    JsonNode duration = kept.path("duration");
    JsonNode seconds = duration.isObject() ? duration.path("total_seconds") : duration;
    if (seconds.asLong(-1) != entry.seconds()) {
      return Optional.of("has a backup with another duration");
    }
    return Fields.optionalId(kept.path("project"), "id").orElse(0L) == entry.project()
        ? Optional.empty()
        : Optional.of("has a backup with another project");
  }

  /** Null, missing and empty are the same. */
  private static String text(JsonNode value) {
    return value.isString() ? value.stringValue() : value.isNull() ? "" : value.toString();
  }
}
