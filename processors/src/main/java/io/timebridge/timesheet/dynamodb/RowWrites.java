package io.timebridge.timesheet.dynamodb;

import static io.timebridge.timesheet.dynamodb.RowCodec.n;
import static io.timebridge.timesheet.dynamodb.RowCodec.s;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.Cause;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore.Parking;
import io.timebridge.timesheet.EntryStore.Result;
import io.timebridge.timesheet.EntryStore.Unavailable;
import io.timebridge.timesheet.EntryStore.Written;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Predicate;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** Conditional writes of an entry's row, and what several of them write alike. Thread-safe. */
final class RowWrites {
  /** What a parked key waits for; see {@link Cause#text()}. */
  static final String WAITS_FOR = "waits_for";

  private final DynamoDbClient dynamoDb;
  private final String entries;
  private final InstantSource clock;

  RowWrites(DynamoDbClient dynamoDb, String entries, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.entries = entries;
    this.clock = clock;
  }

  /** {@code mine} tells our own write, whose answer was lost, from somebody else's. */
  Written update(String what, EntryId id, Change change, Predicate<EntryRow> mine)
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

  /** Every write says when it was: what nobody has touched for long is cleaned up. */
  private Change dated(Change change) {
    return change.set(EntryCleanup.AT, s(clock.instant().toString()));
  }

  TransactWriteItem item(EntryId id, Change change) {
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

  /** Said of a row whose events wait: when something last became of them. */
  Change touched(Change change) {
    return change.set("wake_since", s(clock.instant().toString()));
  }

  /** Why it waits, and what is known of its timesheet. */
  static void because(Change change, EntryRow seen, Parking why) {
    change.set("reason", s(why.rejection().reason().name()));
    change.set("failure", s(why.rejection().reason() + ": " + why.rejection().detail()));
    if (why.rejection().waitsFor().isEmpty()) {
      change.remove(WAITS_FOR);
    } else {
      change.set(WAITS_FOR, s(Cause.text(why.rejection().waitsFor())));
    }
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

  static void applyContent(Change change, Result result) {
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

  static Predicate<EntryRow> hasToken(String token) {
    return row -> row.intent().filter(i -> i.token().equals(token)).isPresent();
  }

  static boolean wroteContent(EntryRow row, Result result) {
    return row.intent().isEmpty()
        && row.version() == result.version()
        && row.hash().equals(result.hash())
        && row.state() == result.state()
        && row.timesheetId() == result.timesheetId();
  }

  static Map<String, AttributeValue> key(EntryId id) {
    return Map.of(TableName.TIMESHEET_ENTRIES.hashKey(), s(id.key()));
  }

  static Unavailable unavailable(String what, EntryId id, SdkException cause) {
    return new Unavailable(
        "DynamoDB did not " + what + " the row of entry " + id + ": " + cause.getMessage(), cause);
  }
}
