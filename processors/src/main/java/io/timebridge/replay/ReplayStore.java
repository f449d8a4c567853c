package io.timebridge.replay;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * How far a replay is, and which run is at it, as a row {@code replay/<name>} of {@link
 * TableName#COORDINATION}. A run holds the row for {@value #HOLD_SECONDS} seconds from its last
 * write; one that was killed is followed after that. A run that was frozen for longer finds out at
 * its next write: what it published meanwhile is there twice, which the rules recognise.
 */
final class ReplayStore {
  static final int HOLD_SECONDS = 10;

  private static final Duration HOLD = Duration.ofSeconds(HOLD_SECONDS);
  private static final String HELD_BY = "held_by";
  private static final String HELD_UNTIL = "held_until";
  private static final String ENDED_BY = "ended_by";
  private static final String FREE =
      "(attribute_not_exists(held_until) OR held_until <= :now OR held_by = :me)";

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final String row;
  private final InstantSource clock;
  private final String me = UUID.randomUUID().toString();

  /** The client stays the caller's to close. */
  ReplayStore(DynamoDbClient dynamoDb, Names names, String replay, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.COORDINATION);
    this.row = "replay/" + replay;
    this.clock = clock;
  }

  /** What came of taking the row. */
  sealed interface Taken {
    record Mine(ReplayRow row, boolean goesOn) implements Taken {}

    record Others(Instant until) implements Taken {}

    /** It is done. */
    record Ended(ReplayRow row) implements Taken {}
  }

  /**
   * Takes the row, or makes it.
   *
   * @param fresh what it is to hold if there is none
   * @param restart {@code fresh}, even if there is one
   */
  Taken take(ReplayRow fresh, boolean restart) throws StoreTrouble, InterruptedException {
    while (true) {
      Map<String, AttributeValue> item = read();
      Instant now = clock.instant();
      Instant until = Instant.ofEpochMilli(number(item, HELD_UNTIL));
      if (until.isAfter(now) && !text(item, HELD_BY).equals(me)) {
        return new Taken.Others(until);
      }
      Optional<ReplayRow> there = item.isEmpty() ? Optional.empty() : Optional.of(row(item));
      if (!restart && there.flatMap(ReplayRow::endedAt).isPresent()) {
        return new Taken.Ended(there.get());
      }
      ReplayRow next = restart ? fresh : there.orElse(fresh);
      if (put(next, item)) {
        return new Taken.Mine(next, !restart && there.isPresent());
      }
    }
  }

  /** Replaces the row that was read by one that this run holds. */
  private boolean put(ReplayRow next, Map<String, AttributeValue> seen)
      throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> item = item(next);
    item.put(HELD_BY, AttributeValue.fromS(me));
    item.put(HELD_UNTIL, number(clock.instant().plus(HOLD).toEpochMilli()));
    Map<String, AttributeValue> values = new HashMap<>();
    String condition = "attribute_not_exists(#key)";
    if (!seen.isEmpty()) {
      condition = FREE + " AND began_at = :began AND read_to = :read";
      values.put(":now", number(clock.millis()));
      values.put(":me", AttributeValue.fromS(me));
      values.put(":began", Objects.requireNonNull(seen.get("began_at")));
      values.put(":read", Objects.requireNonNull(seen.get("read_to")));
    }
    String finalCondition = condition;
    return others(() ->
            dynamoDb.putItem(r -> {
              r.tableName(table).item(item).conditionExpression(finalCondition);
              if (values.isEmpty()) {
                r.expressionAttributeNames(Map.of("#key", TableName.COORDINATION.hashKey()));
              } else {
                r.expressionAttributeValues(values);
              }
            }))
        .isEmpty();
  }

  /**
   * Writes how far this run is, and holds the row on.
   *
   * @return false = another run has it
   */
  boolean save(ReplayRow now) throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> values = new HashMap<>(progress(now));
    values.put(":until", number(clock.instant().plus(HOLD).toEpochMilli()));
    return update(
            "SET read_to = :read, sent_to = :sent, tally = :tally, lost = :lost, held_until = :until",
            values)
        .isEmpty();
  }

  /**
   * Writes that all is done, and lets go. Where DynamoDB's own answer is lost, the next try fails
   * on the condition, and the row says who ended it.
   *
   * @return false = another run has it
   */
  boolean end(ReplayRow now) throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> values = new HashMap<>(progress(now));
    values.put(":ended", number(clock.millis()));
    return update(
            "SET read_to = :read, sent_to = :sent, tally = :tally, lost = :lost, ended_at = :ended, ended_by = :me REMOVE held_by, held_until",
            values)
        .filter(there -> !text(there, ENDED_BY).equals(me))
        .isEmpty();
  }

  /** Lets go; another run may go on at once. */
  void give() throws StoreTrouble, InterruptedException {
    update("REMOVE held_by, held_until", Map.of());
  }

  private Optional<Map<String, AttributeValue>> update(
      String change, Map<String, AttributeValue> values) throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> all = new HashMap<>(values);
    all.put(":me", AttributeValue.fromS(me));
    return others(() ->
        dynamoDb.updateItem(r ->
            r.tableName(table)
                .key(key())
                .updateExpression(change)
                .conditionExpression("held_by = :me")
                .expressionAttributeValues(all)
                .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)));
  }

  /** Writes; the row that is there instead when the condition does not hold. */
  private Optional<Map<String, AttributeValue>> others(Runnable write)
      throws StoreTrouble, InterruptedException {
    try {
      DynamoDbCall.run(
          "writing row " + row + " of " + table,
          () -> {
            write.run();
            return true;
          });
      return Optional.empty();
    } catch (ConditionalCheckFailedException others) {
      return Optional.of(others.hasItem() ? others.item() : Map.of());
    }
  }

  private Map<String, AttributeValue> read() throws StoreTrouble, InterruptedException {
    return DynamoDbCall.run(
        "reading row " + row + " of " + table,
        () -> dynamoDb.getItem(r -> r.tableName(table).key(key()).consistentRead(true)).item());
  }

  private Map<String, AttributeValue> key() {
    return Map.of(TableName.COORDINATION.hashKey(), AttributeValue.fromS(row));
  }

  private static Map<String, AttributeValue> progress(ReplayRow now) {
    return Map.of(
        ":read",
        AttributeValue.fromM(positions(now)),
        ":sent",
        AttributeValue.fromM(sent(now)),
        ":tally",
        AttributeValue.fromM(tally(now)),
        ":lost",
        AttributeValue.fromM(lost(now)));
  }

  private Map<String, AttributeValue> item(ReplayRow now) {
    Map<String, AttributeValue> item = new HashMap<>(key());
    item.put("window_from", AttributeValue.fromS(now.window().from().toString()));
    item.put("window_to", AttributeValue.fromS(now.window().to().toString()));
    item.put("read_to", AttributeValue.fromM(positions(now)));
    item.put("sent_to", AttributeValue.fromM(sent(now)));
    item.put("tally", AttributeValue.fromM(tally(now)));
    item.put("lost", AttributeValue.fromM(lost(now)));
    item.put("began_at", number(now.beganAt().toEpochMilli()));
    now.endedAt().ifPresent(at -> item.put("ended_at", number(at.toEpochMilli())));
    return item;
  }

  private static Map<String, AttributeValue> positions(ReplayRow now) {
    return now.positions().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> AttributeValue.fromS(e.getValue())));
  }

  private static Map<String, AttributeValue> sent(ReplayRow now) {
    return now.sent().entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                e ->
                    AttributeValue.fromM(
                        Map.of(
                            "sequence",
                            AttributeValue.fromS(e.getValue().sequence().toString()),
                            "leased",
                            AttributeValue.fromBool(e.getValue().leased())))));
  }

  private static Map<String, AttributeValue> tally(ReplayRow now) {
    return now.counts().entrySet().stream()
        .collect(Collectors.toMap(e -> e.getKey().name(), e -> number(e.getValue())));
  }

  private static Map<String, AttributeValue> lost(ReplayRow now) {
    return now.lost().entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                e -> AttributeValue.fromS(e.getValue().from() + "/" + e.getValue().to())));
  }

  private static ReplayRow row(Map<String, AttributeValue> item) {
    Map<String, String> positions = new HashMap<>();
    map(item, "read_to").forEach((part, at) -> positions.put(part, at.s()));
    Map<String, ReplayRow.Sent> sent = new HashMap<>();
    map(item, "sent_to")
        .forEach((shard, at) ->
            sent.put(
                shard,
                new ReplayRow.Sent(
                    new BigInteger(text(at.m(), "sequence")),
                    Boolean.TRUE.equals(
                        at.m().getOrDefault("leased", AttributeValue.fromBool(false)).bool()))));
    Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
    map(item, "tally")
        .forEach((name, count) ->
            Arrays.stream(Verdict.values())
                .filter(verdict -> verdict.name().equals(name)) // a later release may know more
                .forEach(verdict -> counts.put(verdict, Long.parseLong(count.n()))));
    Map<String, Window> lost = new HashMap<>();
    map(item, "lost")
        .forEach((shard, stretch) -> {
          String[] ends = stretch.s().split("/", 2);
          lost.put(shard, new Window(Instant.parse(ends[0]), Instant.parse(ends[1])));
        });
    return new ReplayRow(
        new Window(
            Instant.parse(text(item, "window_from")), Instant.parse(text(item, "window_to"))),
        positions,
        sent,
        counts,
        lost,
        Instant.ofEpochMilli(number(item, "began_at")),
        Optional.ofNullable(item.get("ended_at"))
            .map(at -> Instant.ofEpochMilli(Long.parseLong(at.n()))));
  }

  private static Map<String, AttributeValue> map(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null ? Map.of() : value.m();
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null ? "" : value.s();
  }

  private static long number(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null ? 0 : Long.parseLong(value.n());
  }

  private static AttributeValue number(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }
}
