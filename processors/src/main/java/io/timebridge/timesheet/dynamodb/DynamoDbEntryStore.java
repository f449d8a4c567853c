package io.timebridge.timesheet.dynamodb;

import static io.timebridge.timesheet.dynamodb.RowCodec.n;
import static io.timebridge.timesheet.dynamodb.RowCodec.s;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Names;
import io.timebridge.stream.StreamRecord;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.Historian;
import io.timebridge.timesheet.History;
import io.timebridge.timesheet.HistoryItem;
import io.timebridge.timesheet.Intent;
import io.timebridge.timesheet.Rejection;
import java.math.BigInteger;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * The entry rows in DynamoDB. A failed condition returns the row, so that no second read is needed
 * to see whether it was our own lost answer. Thread-safe.
 */
public final class DynamoDbEntryStore implements EntryStore {
  private static final String STREAM = EntryRow.Lane.STREAM.name();

  private final DynamoDbClient dynamoDb;
  private final String entries;
  private final String parkedEvents;
  private final ParkedRecords parkedRecords;
  private final InstantSource clock;
  private final Historian historian;
  private final RowWrites rows;
  private final DrainWrites drains;
  private final WakeIndex index;

  /** Says of no write who made it, unless its token does. */
  public DynamoDbEntryStore(DynamoDbClient dynamoDb, Names names, InstantSource clock) {
    this(dynamoDb, names, clock, Historian.of("", clock));
  }

  public DynamoDbEntryStore(
      DynamoDbClient dynamoDb, Names names, InstantSource clock, Historian historian) {
    this.dynamoDb = dynamoDb;
    this.entries = names.table(TableName.TIMESHEET_ENTRIES);
    this.parkedEvents = names.table(TableName.PARKED_EVENTS);
    this.clock = clock;
    this.historian = historian;
    this.parkedRecords = new ParkedRecords(dynamoDb, parkedEvents);
    this.rows = new RowWrites(dynamoDb, entries, clock);
    this.drains = new DrainWrites(dynamoDb, rows, parkedRecords, historian);
    this.index = new WakeIndex(dynamoDb, entries);
  }

  @Override
  public EntryRow read(EntryId id) throws Unavailable {
    try {
      return RowCodec.row(
          dynamoDb
              .getItem(r -> r.tableName(entries).key(RowWrites.key(id)).consistentRead(true))
              .item());
    } catch (SdkException trouble) {
      throw RowWrites.unavailable("read", id, trouble);
    }
  }

  @Override
  public Written begin(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    Change change = new Change().bumpRev(seen);
    change.where("attribute_not_exists(intent)").set("intent", RowCodec.intent(intent));
    change.set("tried", n(Math.max(seen.tried(), intent.version())));
    change.telling(historian.whole(seen, historian.announced(intent)));
    return rows.update("announce", id, change, RowWrites.hasToken(intent.token()));
  }

  @Override
  public Written takeOver(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    String open = seen.intent().map(Intent::token).orElse("");
    Change change = new Change().bumpRev(seen);
    change.whereToken(open).set("intent", RowCodec.intent(intent));
    change.set("tried", n(Math.max(seen.tried(), intent.version())));
    change.telling(historian.whole(seen, historian.takenOver(seen.intent(), intent)));
    return rows.update("take over", id, change, RowWrites.hasToken(intent.token()));
  }

  @Override
  public Written result(EntryId id, String token, Result result) throws Unavailable {
    Change change = new Change().whereToken(token).remove("intent");
    change.expression("rev", "rev + :one", ":one", n(1));
    apply(change, result);
    change.adding(historian.concluded(token, result));
    return rows.update("write the result of", id, change, wrote(result));
  }

  @Override
  public Written note(EntryId id, EntryRow seen, Result result) throws Unavailable {
    Change change = new Change().bumpRev(seen).where("attribute_not_exists(intent)");
    apply(change, result);
    change.telling(historian.whole(seen, historian.noted(result)));
    return rows.update("note", id, change, wrote(result));
  }

  @Override
  public Written release(EntryId id, String token) throws Unavailable {
    Change change = new Change().whereToken(token).remove("intent");
    change.expression("rev", "rev + :one", ":one", n(1));
    change.adding(historian.givenBack(token));
    return rows.update("release", id, change, row -> false);
  }

  @Override
  public Written park(
      EntryId id, EntryRow seen, Optional<String> token, StreamRecord record, Parking why)
      throws Unavailable {
    Change change = new Change();
    if (token.isPresent()) {
      change.whereToken(token.get());
      change.expression("rev", "rev + :one", ":one", n(1));
    } else {
      change.bumpRev(seen).where("attribute_not_exists(intent)");
    }
    change.bind("#lane", "lane").bind(":stream", s(STREAM));
    change.where("(attribute_not_exists(#lane) OR #lane = :stream)");
    change.where("(attribute_not_exists(seq) OR seq < :seq)");
    change.set("lane", s(EntryRow.Lane.PARKED.name())).remove("intent");
    waiting(change, record).newEpisode(clock);
    change.set("parked_since", s(clock.instant().toString()));
    RowWrites.because(change, seen, why);
    HistoryItem told = historian.parked(token, record, why);
    History history = token.isPresent() ? seen.history().plus(told) : historian.whole(seen, told);
    if (token.isPresent()) {
      change.adding(told);
    } else {
      change.telling(history);
    }
    return transact(
        "park",
        id,
        seen.parked(record.sequence(), why).telling(history),
        change,
        record,
        parked(record, why.rejection().reason().name(), why.rejection().detail()));
  }

  @Override
  public Written follow(EntryId id, EntryRow seen, StreamRecord record) throws Unavailable {
    Change change = new Change();
    change.bind("#lane", "lane").bind(":stream", s(STREAM));
    change.where("attribute_exists(#lane) AND #lane <> :stream");
    change.where("episode = :seen_episode").bind(":seen_episode", n(seen.episode()));
    change.where("seq < :seq");
    waiting(change, record);
    if (seen.lane() == EntryRow.Lane.DEAD) {
      change.set("lane", s(EntryRow.Lane.PARKED.name())).newEpisode(clock);
    }
    HistoryItem told = historian.followed(record);
    change.set(HistoryCodec.FOLLOWED, HistoryCodec.map(told));
    return transact(
        "follow",
        id,
        seen.followed(record.sequence()).telling(seen.history().followedBy(told)),
        change,
        record,
        parked(record, "FOLLOWS", "an earlier event of the entry waits"));
  }

  @Override
  public Written woken(EntryId id, long episode) throws Unavailable {
    Change change = new Change().bind("#wake", "wake");
    change.where("episode = :seen_episode").bind(":seen_episode", n(episode));
    change.where("#wake = :owed").bind(":owed", RowCodec.wake(EntryRow.Wake.OWED));
    rows.touched(change.set("wake", RowCodec.wake(EntryRow.Wake.SENT)));
    change.set(HistoryCodec.WOKEN, HistoryCodec.map(historian.woken(episode)));
    return rows.update(
        "mark as woken",
        id,
        change,
        row -> row.episode() == episode && row.wake() == EntryRow.Wake.SENT);
  }

  @Override
  public Optional<Rejection.Reason> waitsBecause(EntryId id) throws Unavailable {
    try {
      return RowCodec.waitsBecause(
          dynamoDb
              .getItem(r ->
                  r.tableName(entries)
                      .key(RowWrites.key(id))
                      .consistentRead(true)
                      .projectionExpression("#lane, #reason")
                      .expressionAttributeNames(Map.of("#lane", "lane", "#reason", "reason")))
              .item());
    } catch (SdkException trouble) {
      throw RowWrites.unavailable("read", id, trouble);
    }
  }

  @Override
  public List<StreamRecord> waiting(EntryId id, int most) throws Unavailable {
    return parkedRecords.first(id, most);
  }

  @Override
  public Written drained(
      EntryId id,
      EntryRow seen,
      Optional<String> token,
      Optional<Result> result,
      List<BigInteger> sequences)
      throws Unavailable {
    return drains.drained(id, seen, token, result, sequences);
  }

  @Override
  public Written rejectedAgain(EntryId id, EntryRow seen, Optional<String> token, Parking why)
      throws Unavailable {
    return drains.rejectedAgain(id, seen, token, why);
  }

  @Override
  public Written bury(EntryId id, EntryRow seen) throws Unavailable {
    Change change = new Change().bumpRev(seen).bind("#lane", "lane").bind("#parked", "parked");
    change.where("#lane = :was_parked").bind(":was_parked", s(EntryRow.Lane.PARKED.name()));
    change.where("#parked = :seen_parked").bind(":seen_parked", n(seen.parked()));
    change.set("lane", s(EntryRow.Lane.DEAD.name()));
    change.telling(historian.whole(seen, historian.dead()));
    return rows.update(
        "mark as dead",
        id,
        rows.touched(change.set("wake", RowCodec.wake(EntryRow.Wake.DEAD))),
        r -> false);
  }

  @Override
  public Written wakeAgain(EntryId id, EntryRow seen) throws Unavailable {
    Change change = new Change().bind("#lane", "lane").bind(":stream", s(STREAM));
    change.where("attribute_exists(#lane) AND #lane <> :stream");
    change.where("episode = :seen_episode").bind(":seen_episode", n(seen.episode()));
    change.set("lane", s(EntryRow.Lane.PARKED.name())).newEpisode(clock);
    change.expression("rev", "rev + :one", ":one", n(1));
    change.set(HistoryCodec.OWED, HistoryCodec.map(historian.owed()));
    return rows.update("wake", id, change, row -> false);
  }

  @Override
  public List<EntryId> asleep(Instant owedSince, Instant sentSince, int most) throws Unavailable {
    return index.asleep(owedSince, sentSince, most);
  }

  @Override
  public ParkedKeys parked(Optional<String> after, int most) throws Unavailable {
    return index.parked(after, most);
  }

  private static Change waiting(Change change, StreamRecord record) {
    change.expression("parked", "if_not_exists(parked, :zero) + :one", ":one", n(1));
    change.bind(":zero", n(0));
    return change.set("seq", s(RowCodec.sequence(record.sequence())));
  }

  private static void apply(Change change, Result result) {
    RowWrites.applyContent(change, result);
    change.set("seq", s(RowCodec.sequence(result.seq())));
  }

  private static Predicate<EntryRow> wrote(Result result) {
    return row -> row.seq().equals(result.seq()) && RowWrites.wroteContent(row, result);
  }

  private Written transact(
      String what,
      EntryId id,
      EntryRow after,
      Change change,
      StreamRecord record,
      Map<String, AttributeValue> item)
      throws Unavailable {
    TransactWriteItem put =
        TransactWriteItem.builder().put(p -> p.tableName(parkedEvents).item(item)).build();
    try {
      dynamoDb.transactWriteItems(r -> r.transactItems(rows.item(id, change), put));
      return new Written.Done(after);
    } catch (TransactionCanceledException cancelled) {
      List<CancellationReason> reasons = cancelled.cancellationReasons();
      if (reasons.isEmpty() || !"ConditionalCheckFailed".equals(reasons.getFirst().code())) {
        throw RowWrites.unavailable(what, id, cancelled);
      }
      CancellationReason reason = reasons.getFirst();
      EntryRow now = RowCodec.row(reason.hasItem() ? reason.item() : Map.of());
      boolean mine = now.lane() != EntryRow.Lane.STREAM && now.seq().equals(record.sequence());
      return mine ? new Written.Done(now) : new Written.Lost();
    } catch (SdkException trouble) {
      throw RowWrites.unavailable(what, id, trouble);
    }
  }

  private Map<String, AttributeValue> parked(StreamRecord record, String reason, String detail) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(TableName.PARKED_EVENTS.hashKey(), s(record.key()));
    item.put("sequence", s(RowCodec.sequence(record.sequence())));
    item.put(
        "envelope",
        AttributeValue.fromB(SdkBytes.fromByteArray(EnvelopeCodec.encode(record.envelope()))));
    item.put("reason", s(reason));
    item.put("detail", s(detail));
    item.put("first_failure", s(clock.instant().toString()));
    return item;
  }
}
