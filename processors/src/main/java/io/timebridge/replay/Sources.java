package io.timebridge.replay;

import io.timebridge.admission.Delivery;
import io.timebridge.backup.DynamoDbBackupStore;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.jobs.DynamoDbJobStates;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.StreamRecord;
import io.timebridge.stream.WebhookBody;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.VerifyEvent;
import io.timebridge.timesheet.Whereabouts;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a replay reads, and by what it is judged, for one request. */
final class Sources {
  private static final Whereabouts NOBODY = new Whereabouts(List.of());

  private final Replay.Parts parts;
  private final ReplayRequest request;
  private final Window window;
  private final DynamoDbBackupStore backups;
  private final StreamRecords records;
  private final StreamReader reader;

  Sources(Replay.Parts parts, ReplayRequest request, Window window) {
    this.parts = parts;
    this.request = request;
    this.window = window;
    this.backups = new DynamoDbBackupStore(parts.dynamoDb(), parts.names());
    this.reader =
        new StreamReader(
            parts.kinesis(),
            parts.names().stream(request.stream()),
            parts.clock(),
            parts.sleeper());
    this.records = new StreamRecords(reader, parts.guard(), request, window);
  }

  Judge judge() {
    return switch (request.stream()) {
      case TIMESHEET_EVENTS ->
          new EntryJudge(new DynamoDbEntryStore(parts.dynamoDb(), parts.names(), parts.clock()));
      case TIMESHEET_BACKUP -> new BackupJudge(backups);
      case JOB_EVENTS -> new JobJudge(new DynamoDbJobStates(parts.dynamoDb(), parts.names()));
    };
  }

  Source source() {
    if (!request.force() && !request.fromBackup()) {
      return records;
    }
    EntryKeys.Maker maker =
        request.force()
            ? (id, places) ->
                Optional.of(
                    new Replayed(request.name(), Optional.empty())
                        .mark(VerifyEvent.of(id, places, true, parts.clock().instant())))
            : BackupEntries.asEvents(backups, request.name(), parts.clock());
    return new EntryKeys(request.fromBackup() ? this::fromBackup : this::fromStream, maker);
  }

  /** Only a forced check looks where a timesheet may be. */
  private Whereabouts whereabouts() throws ServiceTrouble, InterruptedException {
    return request.force() ? parts.whereabouts().get() : NOBODY;
  }

  private void fromBackup(EntryKeys.Basket into)
      throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException {
    new BackupEntries(
            backups, window, request.to().isEmpty(), request.key().flatMap(EntryId::parse))
        .gather(into, whereabouts());
  }

  private void fromStream(EntryKeys.Basket into)
      throws StoreTrouble, ServiceTrouble, ReplayStopped, InterruptedException {
    Whereabouts known = whereabouts();
    reader.read(
        window,
        request.key(),
        Map.of(),
        new StreamReader.Visitor() {
          @Override
          public void found(StreamReader.Found found, double done) throws ReplayStopped {
            if (request.key().filter(key -> !key.equals(found.partitionKey())).isEmpty()
                && records.read(found) instanceof Delivery.Good(StreamRecord record)) {
              gather(record, into, known);
            }
          }

          @Override
          public void ended(String shard, double done) {}
        });
  }

  private static void gather(StreamRecord record, EntryKeys.Basket into, Whereabouts known)
      throws ReplayStopped {
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
