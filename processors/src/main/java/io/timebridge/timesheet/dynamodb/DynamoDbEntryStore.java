package io.timebridge.timesheet.dynamodb;

import static io.timebridge.timesheet.dynamodb.RowCodec.n;
import static io.timebridge.timesheet.dynamodb.RowCodec.s;

import io.timebridge.aws.RequiredResources;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Names;
import io.timebridge.stream.StreamRecord;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.Intent;
import java.math.BigInteger;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * The entry rows in DynamoDB. A failed condition returns the row, so that no second read is needed
 * to see whether it was our own lost answer. Thread-safe.
 */
public final class DynamoDbEntryStore implements EntryStore {
  /** Tries against events that join those that wait. */
  private static final int ROUNDS = 20;

  private static final String STREAM = EntryRow.Lane.STREAM.name();

  /** What only a row has whose events wait. */
  private static final List<String> WHILE_WAITING =
      List.of("lane", "wake", "wake_since", "parked_since", "failure", "reason", "attempts");

  private final DynamoDbClient dynamoDb;
  private final String entries;
  private final String parkedEvents;
  private final ParkedRecords parkedRecords;
  private final InstantSource clock;

  public DynamoDbEntryStore(DynamoDbClient dynamoDb, Names names, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.entries = names.table(TableName.TIMESHEET_ENTRIES);
    this.parkedEvents = names.table(TableName.PARKED_EVENTS);
    this.clock = clock;
    this.parkedRecords = new ParkedRecords(dynamoDb, parkedEvents);
  }

  @Override
  public EntryRow read(EntryId id) throws Unavailable {
    try {
      return RowCodec.row(
          dynamoDb.getItem(r -> r.tableName(entries).key(key(id)).consistentRead(true)).item());
    } catch (SdkException trouble) {
      throw unavailable("read", id, trouble);
    }
  }

  @Override
  public Written begin(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    Change change = new Change().bumpRev(seen);
    change.where("attribute_not_exists(intent)").set("intent", RowCodec.intent(intent));
    change.set("tried", n(Math.max(seen.tried(), intent.version())));
    return update("announce", id, change, hasToken(intent.token()));
  }

  @Override
  public Written takeOver(EntryId id, EntryRow seen, Intent intent) throws Unavailable {
    String open = seen.intent().map(Intent::token).orElse("");
    Change change = new Change().bumpRev(seen);
    change.whereToken(open).set("intent", RowCodec.intent(intent));
    change.set("tried", n(Math.max(seen.tried(), intent.version())));
    return update("take over", id, change, hasToken(intent.token()));
  }

  @Override
  public Written result(EntryId id, String token, Result result) throws Unavailable {
    Change change = new Change().whereToken(token).remove("intent");
    change.expression("rev", "rev + :one", ":one", n(1));
    apply(change, result);
    return update("write the result of", id, change, wrote(result));
  }

  @Override
  public Written note(EntryId id, EntryRow seen, Result result) throws Unavailable {
    Change change = new Change().bumpRev(seen).where("attribute_not_exists(intent)");
    apply(change, result);
    return update("note", id, change, wrote(result));
  }

  @Override
  public Written release(EntryId id, String token) throws Unavailable {
    Change change = new Change().whereToken(token).remove("intent");
    change.expression("rev", "rev + :one", ":one", n(1));
    return update("release", id, change, row -> false);
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
    because(change, seen, why);
    return transact(
        "park",
        id,
        seen.parked(record.sequence(), why),
        change,
        record,
        parked(record, why.rejection().reason().name(), why.rejection().detail()));
  }

  /** Why it waits, and what is known of its timesheet. */
  private static void because(Change change, EntryRow seen, Parking why) {
    change.set("reason", s(why.rejection().reason().name()));
    change.set("failure", s(why.rejection().reason() + ": " + why.rejection().detail()));
    if (why.timesheetId().isPresent()) {
      change.set("state", s(why.stateAfter(seen.state()).name()));
      if (why.timesheetId().getAsLong() > 0) {
        change.set("tid", n(why.timesheetId().getAsLong()));
        why.place().ifPresent(place -> change.set("place", s(place.text())));
      } else {
        change.remove("tid").remove("place");
      }
    }
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
    return transact(
        "follow",
        id,
        seen.followed(record.sequence()),
        change,
        record,
        parked(record, "FOLLOWS", "an earlier event of the entry waits"));
  }

  @Override
  public Written woken(EntryId id, long episode) throws Unavailable {
    Change change = new Change().bind("#wake", "wake");
    change.where("episode = :seen_episode").bind(":seen_episode", n(episode));
    change.where("#wake = :owed").bind(":owed", RowCodec.wake(EntryRow.Wake.OWED));
    touched(change.set("wake", RowCodec.wake(EntryRow.Wake.SENT)));
    return update(
        "mark as woken",
        id,
        change,
        row -> row.episode() == episode && row.wake() == EntryRow.Wake.SENT);
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
    int parked = seen.parked();
    for (int round = 0; round < ROUNDS; round++) {
      Change change = draining(seen, token, result);
      taking(change, parked, sequences.size());
      switch (take(id, change, sequences)) {
        case Taken.Done done -> {
          return new Written.Done(afterDrain(seen, result, parked - sequences.size()));
        }
        case Taken.ByOthers others -> {
          Change alone = draining(seen, token, result);
          return update("write the result of", id, touched(alone), row -> false);
        }
        case Taken.Refused(EntryRow now) -> {
          if (!mayStillDrain(now, seen, token, result.isPresent())) {
            boolean mine = result.filter(r -> wroteContent(now, r)).isPresent();
            return mine ? new Written.Done(now) : new Written.Lost();
          }
          parked = now.parked();
        }
      }
    }
    throw new Unavailable(
        "events keep joining those that wait of entry " + id,
        new IllegalStateException("rounds spent"));
  }

  /** How the taking away of events ended. */
  private sealed interface Taken {
    record Done() implements Taken {}

    /** Somebody else took them first. */
    record ByOthers() implements Taken {}

    /** The row is not as it has to be. */
    record Refused(EntryRow now) implements Taken {}
  }

  private Taken take(EntryId id, Change change, List<BigInteger> sequences) throws Unavailable {
    List<TransactWriteItem> items = new ArrayList<>();
    items.add(row(id, change));
    sequences.forEach(sequence -> items.add(parkedRecords.delete(id, sequence)));
    try {
      dynamoDb.transactWriteItems(r -> r.transactItems(items));
      return new Taken.Done();
    } catch (TransactionCanceledException cancelled) {
      List<CancellationReason> reasons = cancelled.cancellationReasons();
      if (isCondition(reasons, 0)) {
        CancellationReason reason = reasons.getFirst();
        return new Taken.Refused(RowCodec.row(reason.hasItem() ? reason.item() : Map.of()));
      }
      for (int i = 1; i < reasons.size(); i++) {
        if (isCondition(reasons, i)) {
          return new Taken.ByOthers();
        }
      }
      throw unavailable("take parked events of", id, cancelled);
    } catch (SdkException trouble) {
      throw unavailable("take parked events of", id, trouble);
    }
  }

  private static boolean isCondition(List<CancellationReason> reasons, int i) {
    return reasons.size() > i && "ConditionalCheckFailed".equals(reasons.get(i).code());
  }

  /** With our token, or on the row as it was seen; either way the intent is gone afterwards. */
  private static Change concluding(EntryRow seen, Optional<String> token) {
    if (token.isEmpty()) {
      return new Change().bumpRev(seen).where("attribute_not_exists(intent)");
    }
    Change change = new Change().whereToken(token.get()).remove("intent");
    return change.expression("rev", "rev + :one", ":one", n(1));
  }

  /** Events that need nothing leave an intent of somebody else's where it is. */
  private static Change draining(EntryRow seen, Optional<String> token, Optional<Result> result) {
    if (token.isEmpty() && result.isEmpty()) {
      return new Change().bumpRev(seen);
    }
    Change change = concluding(seen, token);
    result.ifPresent(r -> applyContent(change, r));
    return change;
  }

  private static boolean mayStillDrain(
      EntryRow now, EntryRow seen, Optional<String> token, boolean hasResult) {
    return token.isPresent()
        ? hasToken(token.get()).test(now)
        : now.rev() == seen.rev() && (now.intent().isEmpty() || !hasResult);
  }

  /** The lane turns back only when exactly those are taken that wait. */
  private void taking(Change change, int parked, int taken) {
    change.bind("#parked", "parked").where("#parked = :seen_parked");
    change.bind(":seen_parked", n(parked));
    if (parked > taken) {
      touched(change.set("parked", n((long) parked - taken)));
    } else {
      change.set("parked", n(0));
      WHILE_WAITING.forEach(change::remove);
    }
  }

  private static EntryRow afterDrain(EntryRow seen, Optional<Result> result, int left) {
    EntryRow.Lane lane = left > 0 ? seen.lane() : EntryRow.Lane.STREAM;
    EntryRow.Wake wake = left > 0 ? seen.wake() : EntryRow.Wake.NONE;
    EntryRow done = result.map(seen::concluded).orElse(seen);
    return done.waiting(seen.rev() + 1, seen.seq(), Math.max(0, left), lane, seen.episode(), wake);
  }

  @Override
  public Written rejectedAgain(EntryId id, EntryRow seen, Optional<String> token, Parking why)
      throws Unavailable {
    Change change = touched(concluding(seen, token));
    change.expression("attempts", "if_not_exists(attempts, :zero) + :one", ":one", n(1));
    change.bind(":zero", n(0));
    because(change, seen, why);
    return update("write the rejection of", id, change, row -> false);
  }

  @Override
  public Written bury(EntryId id, EntryRow seen) throws Unavailable {
    Change change = new Change().bumpRev(seen).bind("#lane", "lane").bind("#parked", "parked");
    change.where("#lane = :was_parked").bind(":was_parked", s(EntryRow.Lane.PARKED.name()));
    change.where("#parked = :seen_parked").bind(":seen_parked", n(seen.parked()));
    change.set("lane", s(EntryRow.Lane.DEAD.name()));
    return update(
        "mark as dead",
        id,
        touched(change.set("wake", RowCodec.wake(EntryRow.Wake.DEAD))),
        r -> false);
  }

  @Override
  public Written wakeAgain(EntryId id, EntryRow seen) throws Unavailable {
    Change change = new Change().bind("#lane", "lane").bind(":stream", s(STREAM));
    change.where("attribute_exists(#lane) AND #lane <> :stream");
    change.where("episode = :seen_episode").bind(":seen_episode", n(seen.episode()));
    change.set("lane", s(EntryRow.Lane.PARKED.name())).newEpisode(clock);
    change.expression("rev", "rev + :one", ":one", n(1));
    return update("wake", id, change, row -> false);
  }

  @Override
  public List<EntryId> asleep(Instant owedSince, Instant sentSince, int most) throws Unavailable {
    List<EntryId> ids = new ArrayList<>(sleeping(EntryRow.Wake.OWED, owedSince, most));
    if (ids.size() < most) {
      ids.addAll(sleeping(EntryRow.Wake.SENT, sentSince, most - ids.size()));
    }
    return ids;
  }

  private List<EntryId> sleeping(EntryRow.Wake wake, Instant since, int most) throws Unavailable {
    try {
      return dynamoDb
          .query(r ->
              r.tableName(entries)
                  .indexName(RequiredResources.WAKE_INDEX.name())
                  .keyConditionExpression("wake = :wake AND wake_since < :since")
                  .expressionAttributeValues(
                      Map.of(":wake", RowCodec.wake(wake), ":since", s(since.toString())))
                  .limit(most))
          .items()
          .stream()
          .flatMap(item ->
              EntryId.parse(RowCodec.attribute(item, TableName.TIMESHEET_ENTRIES.hashKey()).s())
                  .stream())
          .toList();
    } catch (SdkException trouble) {
      throw new Unavailable("DynamoDB did not list what sleeps: " + trouble.getMessage(), trouble);
    }
  }

  /** Said of a row whose events wait: when something last became of them. */
  private Change touched(Change change) {
    return change.set("wake_since", s(clock.instant().toString()));
  }

  private static Change waiting(Change change, StreamRecord record) {
    change.expression("parked", "if_not_exists(parked, :zero) + :one", ":one", n(1));
    change.bind(":zero", n(0));
    return change.set("seq", s(RowCodec.sequence(record.sequence())));
  }

  private static void apply(Change change, Result result) {
    applyContent(change, result);
    change.set("seq", s(RowCodec.sequence(result.seq())));
  }

  private static void applyContent(Change change, Result result) {
    change.set("v", n(result.version()));
    change.set("hash", s(result.hash()));
    change.set("state", s(result.state().name()));
    if (result.timesheetId() > 0) {
      change.set("tid", n(result.timesheetId()));
    } else {
      change.remove("tid");
    }
    result
        .place()
        .ifPresentOrElse(
            place -> change.set("place", s(place.text())), () -> change.remove("place"));
  }

  private static Predicate<EntryRow> hasToken(String token) {
    return row -> row.intent().filter(i -> i.token().equals(token)).isPresent();
  }

  private static Predicate<EntryRow> wrote(Result result) {
    return row -> row.seq().equals(result.seq()) && wroteContent(row, result);
  }

  private static boolean wroteContent(EntryRow row, Result result) {
    return row.intent().isEmpty()
        && row.version() == result.version()
        && row.hash().equals(result.hash())
        && row.state() == result.state()
        && row.timesheetId() == result.timesheetId();
  }

  /** {@code mine} tells our own write, whose answer was lost, from somebody else's. */
  private Written update(String what, EntryId id, Change change, Predicate<EntryRow> mine)
      throws Unavailable {
    dated(change);
    try {
      UpdateItemResponse response =
          dynamoDb.updateItem(r ->
              r.tableName(entries)
                  .key(key(id))
                  .updateExpression(change.update())
                  .conditionExpression(change.condition())
                  .expressionAttributeNames(change.names())
                  .expressionAttributeValues(change.values())
                  .returnValues(ReturnValue.ALL_NEW)
                  .returnValuesOnConditionCheckFailure(
                      ReturnValuesOnConditionCheckFailure.ALL_OLD));
      return new Written.Done(RowCodec.row(response.attributes()));
    } catch (ConditionalCheckFailedException failed) {
      EntryRow now = RowCodec.row(failed.hasItem() ? failed.item() : Map.of());
      return mine.test(now) ? new Written.Done(now) : new Written.Lost();
    } catch (SdkException trouble) {
      throw unavailable(what, id, trouble);
    }
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
      dynamoDb.transactWriteItems(r -> r.transactItems(row(id, change), put));
      return new Written.Done(after);
    } catch (TransactionCanceledException cancelled) {
      List<CancellationReason> reasons = cancelled.cancellationReasons();
      if (reasons.isEmpty() || !"ConditionalCheckFailed".equals(reasons.getFirst().code())) {
        throw unavailable(what, id, cancelled);
      }
      CancellationReason reason = reasons.getFirst();
      EntryRow now = RowCodec.row(reason.hasItem() ? reason.item() : Map.of());
      boolean mine = now.lane() != EntryRow.Lane.STREAM && now.seq().equals(record.sequence());
      return mine ? new Written.Done(now) : new Written.Lost();
    } catch (SdkException trouble) {
      throw unavailable(what, id, trouble);
    }
  }

  /** Every write says when it was: what nobody has touched for long is cleaned up. */
  private Change dated(Change change) {
    return change.set(EntryCleanup.AT, s(clock.instant().toString()));
  }

  private TransactWriteItem row(EntryId id, Change change) {
    dated(change);
    return TransactWriteItem.builder()
        .update(u ->
            u.tableName(entries)
                .key(key(id))
                .updateExpression(change.update())
                .conditionExpression(change.condition())
                .expressionAttributeNames(change.names())
                .expressionAttributeValues(change.values())
                .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD))
        .build();
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

  private static Map<String, AttributeValue> key(EntryId id) {
    return Map.of(TableName.TIMESHEET_ENTRIES.hashKey(), s(id.key()));
  }

  private static Unavailable unavailable(String what, EntryId id, SdkException cause) {
    return new Unavailable(
        "DynamoDB did not " + what + " the row of entry " + id + ": " + cause.getMessage(), cause);
  }
}
