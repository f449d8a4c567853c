package io.timebridge.backup;

import io.timebridge.backup.BackupStore.Stored;
import io.timebridge.failure.ParkedEvents;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import io.timebridge.stream.WebhookBody;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * Applies the events of the backup stream: keeps every entry as FirstService sent it, and a
 * tombstone of every deleted one. An older version never replaces a newer one, a repeat changes
 * nothing, and a deletion, or life after one, is believed only when FirstService itself says so,
 * asked after the backup was read. Expects records whose signature has been checked. Thread-safe.
 */
public final class BackupApplier implements Handler<StreamRecord> {
  /** Largest body that is kept, in UTF-8 bytes: a DynamoDB item stops at 400 KB. */
  static final int MAX_BODY_BYTES = 350 * 1024;

  /** Attempts against other writers of the same entry before the lane's backoff takes over. */
  private static final int ATTEMPTS = 4;

  private final BackupStore store;
  private final FirstService first;
  private final ParkedEvents parked;

  public BackupApplier(BackupStore store, FirstService first, ParkedEvents parked) {
    this.store = store;
    this.first = first;
    this.parked = parked;
  }

  /** What an event says, before anything is looked up. */
  private sealed interface Claim {
    /** The entry exists in this version. */
    record Version(long version, JsonNode event) implements Claim {}

    /** Something happened; {@code last} is what the event itself knows of the entry. */
    record Look(Optional<Version> last) implements Claim {}
  }

  /** What to do with the backup. */
  private sealed interface Decision {
    record Keep(Backup next, String what) implements Decision {}

    record Nothing(String why) implements Decision {}

    record Impossible(String reason, String detail) implements Decision {}

    record Later(String cause) implements Decision {}
  }

  /** One record: a copy is kept of every state. */
  @Override
  public Outcome handle(String key, List<StreamRecord> records) throws InterruptedException {
    return handle(records.getLast());
  }

  /** As {@link #handle(String, List)}, of one record. */
  public Outcome handle(StreamRecord record) throws InterruptedException {
    try {
      Route route = record.envelope().route();
      if (route.stream() != StreamName.TIMESHEET_BACKUP) {
        return park(record, "malformed", "route " + route.path() + " is not of the backup stream");
      }
      return switch (WebhookBody.parse(record.envelope().body())) {
        case WebhookBody.Malformed(String field, String problem) ->
            park(record, "malformed", field + " " + problem);
        case WebhookBody.Thin thin when thin.isSuggestion() ->
            new Outcome.Skipped("an AI suggestion, not an entry");
        case WebhookBody.Thin thin -> apply(record, thin.id(), new Claim.Look(Optional.empty()));
        case WebhookBody.Full full -> apply(record, full.id(), claim(full.event(), route));
      };
    } catch (StoreTrouble trouble) {
      return new Outcome.Retry(String.valueOf(trouble.getMessage()));
    } catch (ServiceTrouble trouble) {
      boolean outage = trouble.kind() == ServiceTrouble.Kind.CIRCUIT_OPEN;
      return new Outcome.Retry(String.valueOf(trouble.getMessage()), trouble.retryAfter(), outage);
    }
  }

  private static Claim claim(JsonNode event, Route route) {
    OptionalLong version = EntryJson.version(event);
    if (version.isEmpty()) {
      return new Claim.Look(Optional.empty());
    }
    Claim.Version full = new Claim.Version(version.getAsLong(), event);
    boolean live = route.kind() == Route.Kind.SAVED && !EntryJson.saysDeleted(event);
    return live ? full : new Claim.Look(Optional.of(full));
  }

  private Outcome apply(StreamRecord record, EntryId id, Claim claim)
      throws StoreTrouble, ServiceTrouble, InterruptedException {
    if (!id.key().equals(record.key())) {
      return park(
          record, "malformed", "key %s, but the body is of entry %s".formatted(record.key(), id));
    }
    if (claim instanceof Claim.Look) {
      first.admit(); // while it is not, the backup need not be read
    }
    Instant receivedAt = record.envelope().receivedAt();
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Optional<Stored> seen = store.read(id);
      switch (decide(id, claim, seen.map(Stored::backup), receivedAt)) {
        case Decision.Nothing(String why) -> {
          return new Outcome.Skipped(why);
        }
        case Decision.Later(String cause) -> {
          return new Outcome.Retry(cause);
        }
        case Decision.Impossible(String reason, String detail) -> {
          return park(record, reason, detail);
        }
        case Decision.Keep(Backup next, String what) -> {
          int bytes = EntryJson.bytes(next.body());
          if (bytes > MAX_BODY_BYTES) {
            return park(
                record,
                "too-large",
                "the entry has %d bytes, at most %d are kept".formatted(bytes, MAX_BODY_BYTES));
          }
          if (store.replace(id, seen, next)) {
            return new Outcome.Applied(what);
          }
        }
      }
    }
    return new Outcome.Retry("the backup of entry " + id + " keeps changing under our hands");
  }

  private Decision decide(EntryId id, Claim claim, Optional<Backup> seen, Instant receivedAt)
      throws ServiceTrouble, InterruptedException {
    return switch (claim) {
      case Claim.Look(Optional<Claim.Version> last) -> look(id, last, seen, receivedAt);
      case Claim.Version full -> {
        if (seen.isEmpty() || (!seen.get().isDeleted() && full.version() > seen.get().version())) {
          yield keep(full);
        }
        if (seen.get().isDeleted()) {
          yield look(id, Optional.of(full), seen, receivedAt);
        }
        if (full.version() < seen.get().version()) {
          yield new Decision.Nothing("stale: version %d is kept".formatted(seen.get().version()));
        }
        yield EntryJson.same(seen.get().body(), full.event())
            ? new Decision.Nothing("a repeat")
            : look(id, Optional.empty(), seen, receivedAt);
      }
    };
  }

  /** Asks FirstService. */
  private Decision look(
      EntryId id, Optional<Claim.Version> last, Optional<Backup> seen, Instant receivedAt)
      throws ServiceTrouble, InterruptedException {
    return switch (first.event(id)) {
      case FirstService.Lookup.Gone() -> gone(last, seen, receivedAt);
      case FirstService.Lookup.Found(JsonNode event) -> found(id, event, seen);
    };
  }

  private static Decision gone(
      Optional<Claim.Version> last, Optional<Backup> seen, Instant receivedAt) {
    Backup known = seen.orElse(new Backup(0, "", Optional.empty()));
    boolean newer = last.isPresent() && last.get().version() > known.version();
    if (known.isDeleted() && !newer) {
      return new Decision.Nothing("deleted, and known to be");
    }
    Backup body =
        newer
            ? new Backup(
                last.get().version(), EntryJson.compact(last.get().event()), known.deletedAt())
            : known;
    return new Decision.Keep(body.deleted(known.deletedAt().orElse(receivedAt)), "deleted");
  }

  private static Decision found(EntryId id, JsonNode event, Optional<Backup> seen) {
    if (EntryJson.isOfAnother(event, id.value())) {
      return new Decision.Later("FirstService answered with another entry than " + id);
    }
    OptionalLong version = EntryJson.version(event);
    if (version.isEmpty()) {
      return new Decision.Impossible(
          "no-version", "FirstService's entry %s has no usable updated_at".formatted(id));
    }
    Optional<Backup> live = seen.filter(backup -> !backup.isDeleted());
    if (live.isPresent() && version.getAsLong() < live.get().version()) {
      return new Decision.Nothing("stale: version %d is kept".formatted(live.get().version()));
    }
    if (live.isPresent()
        && version.getAsLong() == live.get().version()
        && EntryJson.same(live.get().body(), event)) {
      return new Decision.Nothing("a repeat");
    }
    return keep(new Claim.Version(version.getAsLong(), event));
  }

  private static Decision keep(Claim.Version full) {
    return new Decision.Keep(
        new Backup(full.version(), EntryJson.compact(full.event()), Optional.empty()),
        "version %d kept".formatted(full.version()));
  }

  private Outcome park(StreamRecord record, String reason, String detail)
      throws StoreTrouble, InterruptedException {
    parked.park(record, reason, detail);
    return new Outcome.Parked(reason);
  }
}
