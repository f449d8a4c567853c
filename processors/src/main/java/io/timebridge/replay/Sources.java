package io.timebridge.replay;

import io.timebridge.admission.Delivery;
import io.timebridge.backup.DynamoDbBackupStore;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.jobs.DynamoDbJobStates;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.StreamRecord;
import io.timebridge.stream.WebhookBody;
import io.timebridge.timesheet.EntryEvent;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.VerifyEvent;
import io.timebridge.timesheet.Whereabouts;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a replay reads, and by what it is judged, for one request. */
final class Sources {
  private static final Whereabouts NOBODY = new Whereabouts(List.of());

  /** Kinesis' clock and ours are as good as one within that. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  private final Replay.Parts parts;
  private final ReplayRequest request;
  private final Window window;
  private final Instant began;
  private final DynamoDbBackupStore backups;
  private final StreamRecords records;
  private final StreamReader reader;
  private @Nullable Whereabouts known;

  /**
   * @param began when the replay was begun, perhaps by an earlier run
   */
  Sources(Replay.Parts parts, ReplayRequest request, Window window, Instant began) {
    this.parts = parts;
    this.request = request;
    this.window = window;
    this.began = began;
    this.backups = new DynamoDbBackupStore(parts.dynamoDb(), parts.names());
    this.reader =
        new StreamReader(
            parts.kinesis(),
            parts.names().stream(request.stream()),
            parts.clock(),
            parts.sleeper());
    this.records = new StreamRecords(reader, parts.guard(), request, window, began);
  }

  Judge judge() {
    return switch (request.stream()) {
      case TIMESHEET_EVENTS ->
          new EntryJudge(new DynamoDbEntryStore(parts.dynamoDb(), parts.names(), parts.clock()));
      case TIMESHEET_BACKUP -> new BackupJudge(backups);
      case JOB_EVENTS -> new JobJudge(new DynamoDbJobStates(parts.dynamoDb(), parts.names()));
    };
  }

  /**
   * What is read.
   *
   * @param twice whether a forced check is made once more after all of them
   */
  Source source(boolean twice) {
    if (!request.force() && !request.fromBackup()) {
      return records;
    }
    EntryKeys.Gathering gathering =
        request.fromBackup() ? this::fromBackup : into -> fromStream(into, window);
    return request.force()
        ? new EntryKeys(
            gathering,
            twice
                ? Optional.of(new EntryKeys.Again(this::checked, this::lately))
                : Optional.empty(),
            this::check)
        : new EntryKeys(
            gathering,
            Optional.empty(),
            BackupEntries.asEvents(backups, request.name(), parts.clock()));
  }

  /**
   * An entry of which no record said where its timesheet is may have been deleted within the
   * window: its backup, which a deletion leaves, says where it was.
   */
  private Optional<Envelope> check(EntryId id, Set<Place> places)
      throws StoreTrouble, ServiceTrouble, InterruptedException {
    Set<Place> all = places;
    if (places.isEmpty()) {
      Whereabouts users = whereabouts();
      all =
          backups
              .read(id)
              .flatMap(stored -> BackupEntries.place(id, stored.backup(), users))
              .map(Set::of)
              .orElse(Set.of());
    }
    return Optional.of(
        new Replayed(request.name(), Optional.empty())
            .mark(VerifyEvent.of(id, all, true, parts.clock().instant())));
  }

  /** Only a forced check looks where a timesheet may be. */
  private Whereabouts whereabouts() throws ServiceTrouble, InterruptedException {
    if (known == null) {
      known = request.force() ? parts.whereabouts().get() : NOBODY;
    }
    return known;
  }

  private void fromBackup(EntryKeys.Basket into)
      throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException {
    new BackupEntries(
            backups, window, request.to().isEmpty(), request.key().flatMap(EntryId::parse))
        .gather(into, whereabouts());
  }

  /** Those that came to the window's entries while they were checked, where it has an open end. */
  private void lately(EntryKeys.Basket into)
      throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException {
    Instant now = parts.clock().instant();
    if (request.to().isPresent() || !window.to().isBefore(now)) {
      return;
    }
    if (request.fromBackup()) {
      fromBackup(into);
    } else {
      fromStream(into, new Window(window.to(), now));
    }
  }

  /** Those that this replay has published a check of: the window's own records may be gone. */
  private void checked(EntryKeys.Basket into)
      throws StoreTrouble, ReplayStopped, InterruptedException {
    read(
        new Window(began.minus(CLOCKS), parts.clock().instant()),
        into,
        record -> {
          boolean own =
              Replayed.of(record.envelope())
                  .filter(mark -> mark.replay().equals(request.name()))
                  .isPresent();
          if (own
              && EntryEvent.read(record.envelope(), record.sequence())
                  instanceof EntryEvent.Reading.Event(EntryEvent check)) {
            into.add(check.id(), Optional.empty());
            for (Place place : check.places()) {
              into.add(check.id(), Optional.of(place));
            }
          }
        });
  }

  private void fromStream(EntryKeys.Basket into, Window stretch)
      throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException {
    Whereabouts places = whereabouts();
    read(stretch, into, record -> gather(record, into, places));
  }

  /** Takes what is wanted of a record. */
  private interface Taking {
    void take(StreamRecord record) throws StoreTrouble, ReplayStopped, InterruptedException;
  }

  private void read(Window stretch, EntryKeys.Basket into, Taking taking)
      throws StoreTrouble, ReplayStopped, InterruptedException {
    reader.read(
        stretch,
        began,
        request.key(),
        Map.of(),
        new StreamReader.Visitor() {
          @Override
          public void found(StreamReader.Found found, double done)
              throws StoreTrouble, ReplayStopped, InterruptedException {
            if (request.key().filter(key -> !key.equals(found.partitionKey())).isEmpty()
                && records.read(found) instanceof Delivery.Good(StreamRecord record)) {
              taking.take(record);
            }
          }

          @Override
          public void still(double done) throws StoreTrouble, ReplayStopped, InterruptedException {
            into.reading();
          }

          @Override
          public void lost(String shard, Window lost, double done)
              throws StoreTrouble, ReplayStopped, InterruptedException {
            into.lost(shard, lost);
          }

          @Override
          public void ended(Candidate.Place place, double done) {}
        });
  }

  private static void gather(StreamRecord record, EntryKeys.Basket into, Whereabouts known)
      throws StoreTrouble, ReplayStopped, InterruptedException {
    switch (WebhookBody.parse(record.envelope().body())) {
      case WebhookBody.Malformed malformed -> {}
      case WebhookBody.Thin thin -> {
        if (!thin.isSuggestion()) {
          into.add(thin.id(), Optional.<Place>empty());
        }
      }
      case WebhookBody.Full full -> into.add(full.id(), known.of(full.id(), full.event()));
    }
  }
}
