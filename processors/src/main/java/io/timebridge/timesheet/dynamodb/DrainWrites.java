package io.timebridge.timesheet.dynamodb;

import static io.timebridge.timesheet.dynamodb.RowCodec.n;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore.Parking;
import io.timebridge.timesheet.EntryStore.Result;
import io.timebridge.timesheet.EntryStore.Unavailable;
import io.timebridge.timesheet.EntryStore.Written;
import io.timebridge.timesheet.Historian;
import io.timebridge.timesheet.History;
import io.timebridge.timesheet.HistoryItem;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * What a drain writes: W2d and W8, which take events away, and W7, which leaves them. Thread-safe.
 */
final class DrainWrites {
  /** Tries against events that join those that wait. */
  private static final int ROUNDS = 20;

  /** What only a row has whose events wait. */
  private static final List<String> WHILE_WAITING =
      List.of(
          "lane",
          "wake",
          "wake_since",
          "parked_since",
          "failure",
          "reason",
          "attempts",
          RowWrites.WAITS_FOR,
          HistoryCodec.FOLLOWED,
          HistoryCodec.OWED,
          HistoryCodec.WOKEN);

  private final DynamoDbClient dynamoDb;
  private final RowWrites rows;
  private final ParkedRecords parkedRecords;
  private final Historian historian;

  DrainWrites(
      DynamoDbClient dynamoDb, RowWrites rows, ParkedRecords parkedRecords, Historian historian) {
    this.dynamoDb = dynamoDb;
    this.rows = rows;
    this.parkedRecords = parkedRecords;
    this.historian = historian;
  }

  Written drained(
      EntryId id,
      EntryRow seen,
      Optional<String> token,
      Optional<Result> result,
      List<BigInteger> sequences)
      throws Unavailable {
    HistoryItem told = historian.drained(token, result, sequences);
    int parked = seen.parked();
    for (int round = 0; round < ROUNDS; round++) {
      Change change = told(draining(seen, token, result), seen, token, told);
      taking(change, parked, sequences.size());
      switch (take(id, change, sequences)) {
        case Taken.Done done -> {
          EntryRow after = afterDrain(seen, result, parked - sequences.size());
          History history =
              token.isPresent() ? seen.history().plus(told) : historian.whole(seen, told);
          return new Written.Done(after.telling(after.waits() ? history : history.atRest()));
        }
        case Taken.ByOthers others -> {
          Change alone = told(draining(seen, token, result), seen, token, told);
          return rows.update("write the result of", id, rows.touched(alone), row -> false);
        }
        case Taken.Refused(EntryRow now) -> {
          if (!mayStillDrain(now, seen, token, result.isPresent())) {
            boolean mine = result.filter(r -> RowWrites.wroteContent(now, r)).isPresent();
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
    items.add(rows.item(id, change));
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
      throw RowWrites.unavailable("take parked events of", id, cancelled);
    } catch (SdkException trouble) {
      throw RowWrites.unavailable("take parked events of", id, trouble);
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
    result.ifPresent(r -> RowWrites.applyContent(change, r));
    return change;
  }

  private Change told(Change change, EntryRow seen, Optional<String> token, HistoryItem item) {
    return token.isPresent() ? change.adding(item) : change.telling(historian.whole(seen, item));
  }

  private static boolean mayStillDrain(
      EntryRow now, EntryRow seen, Optional<String> token, boolean hasResult) {
    return token.isPresent()
        ? RowWrites.hasToken(token.get()).test(now)
        : now.rev() == seen.rev() && (now.intent().isEmpty() || !hasResult);
  }

  /** The lane turns back only when exactly those are taken that wait. */
  private void taking(Change change, int parked, int taken) {
    change.bind("#parked", "parked").where("#parked = :seen_parked");
    change.bind(":seen_parked", n(parked));
    if (parked > taken) {
      rows.touched(change.set("parked", n((long) parked - taken)));
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

  Written rejectedAgain(EntryId id, EntryRow seen, Optional<String> token, Parking why)
      throws Unavailable {
    Change change = rows.touched(concluding(seen, token));
    change.expression("attempts", "if_not_exists(attempts, :zero) + :one", ":one", n(1));
    change.bind(":zero", n(0));
    RowWrites.because(change, seen, why);
    told(change, seen, token, historian.rejectedAgain(token, why));
    return rows.update("write the rejection of", id, change, row -> false);
  }
}
