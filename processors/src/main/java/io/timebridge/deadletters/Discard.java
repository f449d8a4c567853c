package io.timebridge.deadletters;

import io.timebridge.failure.SqsRetryQueue;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.failure.WakeUp;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Names;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.EntryStore.Written;
import io.timebridge.timesheet.Historian;
import io.timebridge.timesheet.dynamodb.DynamoDbEntryStore;
import java.math.BigInteger;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Gives up what waits of a key, on a person's word. Each event stays under {@code discarded-<key>}:
 * whole, with who, when and why. An entry's row goes back to the stream by the write that ends a
 * drain, so an event that arrives meanwhile is not given up with the others. Thread-safe.
 */
public final class Discard {
  private static final int ROUNDS = 10;

  /** How it ended. */
  public sealed interface Ended {
    /**
     * Given up.
     *
     * @param joined events that came meanwhile, and wait
     */
    record Done(int events, int joined) implements Ended {}

    /** Nothing of the key waits. */
    record Nothing() implements Ended {}

    /**
     * Not given up, as things are.
     *
     * @param events that were given up before it turned out
     */
    record Refused(String why, int events) implements Ended {}
  }

  private final EntryStore entries;
  private final SqsRetryQueue queue;
  private final KeyRecords records;
  private final Clock clock;

  /** Both clients stay the caller's to close. */
  public Discard(DynamoDbClient dynamoDb, SqsClient sqs, Names names, Clock clock) {
    this(
        new DynamoDbEntryStore(dynamoDb, names, clock, Historian.of("operator", clock)),
        new SqsRetryQueue(sqs, names),
        new KeyRecords(dynamoDb, names),
        clock);
  }

  Discard(EntryStore entries, SqsRetryQueue queue, KeyRecords records, Clock clock) {
    this.entries = entries;
    this.queue = queue;
    this.records = records;
    this.clock = clock;
  }

  /**
   * Gives up what waits of the key now.
   *
   * @param by who says so
   * @param why for whoever looks later
   */
  public Ended discard(WaitingKey key, String by, String why)
      throws StoreTrouble, InterruptedException {
    WaitingEvent.Discarded how = new WaitingEvent.Discarded(clock.instant(), by, why);
    Optional<EntryId> entry = EntryId.parse(key.key());
    if (entry.isEmpty()) {
      int[] given = new int[1];
      records.each(key.key(), item -> given[0] += records.discard(item, how) ? 1 : 0);
      return given[0] == 0 ? new Ended.Nothing() : new Ended.Done(given[0], 0);
    }
    try {
      return discard(entry.get(), how);
    } catch (EntryStore.Unavailable trouble) {
      throw new StoreTrouble(String.valueOf(trouble.getMessage()), trouble);
    }
  }

  private Ended discard(EntryId id, WaitingEvent.Discarded how)
      throws EntryStore.Unavailable, StoreTrouble, InterruptedException {
    EntryRow row = entries.read(id);
    if (!row.waits()) {
      return new Ended.Nothing();
    }
    BigInteger newest = row.seq();
    int given = 0;
    for (int lost = 0; lost < ROUNDS; ) {
      if (row.intent().isPresent()) {
        return new Ended.Refused(
            "a call for entry %s is announced and its outcome is not written yet; wait two minutes, or let it be resolved by `./timebridge dlq redrive %s`, then discard again"
                .formatted(id, id),
            given);
      }
      List<Map<String, AttributeValue>> batch = row.waits() ? upTo(newest, id) : List.of();
      if (batch.isEmpty()) {
        return left(id, row, given);
      }
      if (take(id, row, batch, how)) {
        given += batch.size();
      } else {
        lost++;
      }
      row = entries.read(id);
    }
    throw new StoreTrouble(
        "others write the row of entry " + id + " all the time; discard it again", null);
  }

  private List<Map<String, AttributeValue>> upTo(BigInteger newest, EntryId id)
      throws StoreTrouble, InterruptedException {
    return records.first(id.key(), EntryStore.MOST_AT_ONCE).stream()
        .filter(item -> KeyRecords.sequence(item).compareTo(newest) <= 0)
        .toList();
  }

  /** Those that came meanwhile have not been tried by anybody: they get a wake-up. */
  private Ended left(EntryId id, EntryRow row, int given)
      throws StoreTrouble, InterruptedException {
    if (given == 0 && !row.waits()) {
      return new Ended.Nothing(); // others have worked it off meanwhile
    }
    if (row.waits()) {
      queue.sendApart(new WakeUp(id.key(), row.episode(), "DISCARDED_BEFORE"));
    }
    return new Ended.Done(given, row.waits() ? row.parked() : 0);
  }

  /** What is kept is written first: an event may be found twice for a moment, but never nowhere. */
  private boolean take(
      EntryId id,
      EntryRow seen,
      List<Map<String, AttributeValue>> batch,
      WaitingEvent.Discarded how)
      throws EntryStore.Unavailable, StoreTrouble, InterruptedException {
    for (Map<String, AttributeValue> item : batch) {
      records.put(records.discarded(item, how));
    }
    List<BigInteger> sequences = batch.stream().map(KeyRecords::sequence).toList();
    try {
      boolean done =
          entries.drained(id, seen, Optional.empty(), Optional.empty(), sequences)
              instanceof Written.Done;
      if (!done) {
        for (Map<String, AttributeValue> item : batch) {
          records.remove(records.discarded(item, how));
        }
      }
      return done;
    } catch (EntryStore.Unavailable unknown) {
      forgetWhatWaits(id, batch, how);
      throw unknown;
    }
  }

  /** Whether they were taken is not known: those that wait were not. */
  private void forgetWhatWaits(
      EntryId id, List<Map<String, AttributeValue>> batch, WaitingEvent.Discarded how)
      throws StoreTrouble, InterruptedException {
    Set<BigInteger> waiting =
        records.first(id.key(), EntryStore.MOST_AT_ONCE).stream()
            .map(KeyRecords::sequence)
            .collect(Collectors.toSet());
    for (Map<String, AttributeValue> item : batch) {
      if (waiting.contains(KeyRecords.sequence(item))) {
        records.remove(records.discarded(item, how));
      }
    }
  }
}
