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
import io.timebridge.timesheet.Intent;
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
  private final DynamoDbClient dynamoDb;
  private final String entries;
  private final String parkedEvents;
  private final InstantSource clock;

  public DynamoDbEntryStore(DynamoDbClient dynamoDb, Names names, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.entries = names.table(TableName.TIMESHEET_ENTRIES);
    this.parkedEvents = names.table(TableName.PARKED_EVENTS);
    this.clock = clock;
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
    change.bind("#lane", "lane").bind(":stream", s(EntryRow.Lane.STREAM.name()));
    change.where("(attribute_not_exists(#lane) OR #lane = :stream)");
    change.where("(attribute_not_exists(seq) OR seq < :seq)");
    change.set("lane", s(EntryRow.Lane.PARKED.name())).remove("intent");
    waiting(change, record).newEpisode(clock);
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
    return transact(
        "park",
        id,
        seen,
        change,
        record,
        parked(record, why.rejection().reason().name(), why.rejection().detail()));
  }

  @Override
  public Written follow(EntryId id, EntryRow seen, StreamRecord record) throws Unavailable {
    Change change = new Change();
    change.bind("#lane", "lane").bind(":stream", s(EntryRow.Lane.STREAM.name()));
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
        seen,
        change,
        record,
        parked(record, "FOLLOWS", "an earlier event of the entry waits"));
  }

  private static Change waiting(Change change, StreamRecord record) {
    change.expression("parked", "if_not_exists(parked, :zero) + :one", ":one", n(1));
    change.bind(":zero", n(0));
    return change.set("seq", s(RowCodec.sequence(record.sequence())));
  }

  private static void apply(Change change, Result result) {
    change.set("v", n(result.version()));
    change.set("hash", s(result.hash()));
    change.set("state", s(result.state().name()));
    change.set("seq", s(RowCodec.sequence(result.seq())));
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
    return row ->
        row.intent().isEmpty()
            && row.seq().equals(result.seq())
            && row.version() == result.version()
            && row.hash().equals(result.hash())
            && row.state() == result.state()
            && row.timesheetId() == result.timesheetId();
  }

  /** {@code mine} tells our own write, whose answer was lost, from somebody else's. */
  private Written update(String what, EntryId id, Change change, Predicate<EntryRow> mine)
      throws Unavailable {
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
      EntryRow seen,
      Change change,
      StreamRecord record,
      Map<String, AttributeValue> item)
      throws Unavailable {
    TransactWriteItem put =
        TransactWriteItem.builder().put(p -> p.tableName(parkedEvents).item(item)).build();
    TransactWriteItem row =
        TransactWriteItem.builder()
            .update(u ->
                u.tableName(entries)
                    .key(key(id))
                    .updateExpression(change.update())
                    .conditionExpression(change.condition())
                    .expressionAttributeNames(change.names())
                    .expressionAttributeValues(change.values())
                    .returnValuesOnConditionCheckFailure(
                        ReturnValuesOnConditionCheckFailure.ALL_OLD))
            .build();
    try {
      dynamoDb.transactWriteItems(r -> r.transactItems(row, put));
      return new Written.Done(seen);
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
