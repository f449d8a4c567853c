package io.timebridge.deadletters;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/** Reads a table's items page by page. Thread-safe. */
final class Items {
  /** What one batch of reads takes. */
  static final int PAGE = 100;

  private static final int ROUNDS = 10;
  private static final long PAUSE_MILLIS = 100;

  private final DynamoDbClient dynamoDb;
  private final String table;

  Items(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /** Takes a page of items, and says whether it wants more. */
  @FunctionalInterface
  interface Page {
    boolean take(List<Map<String, AttributeValue>> items) throws StoreTrouble, InterruptedException;
  }

  /** Every page of a query, none of them empty, until no more is wanted. */
  void pages(UnaryOperator<QueryRequest.Builder> query, Page page)
      throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> from = Map.of();
    do {
      QueryRequest.Builder request =
          query.apply(QueryRequest.builder().tableName(table).limit(PAGE));
      if (!from.isEmpty()) {
        request.exclusiveStartKey(from);
      }
      QueryResponse answer =
          DynamoDbCall.run("a query of " + table, () -> dynamoDb.query(request.build()));
      if (!answer.items().isEmpty() && !page.take(answer.items())) {
        return;
      }
      from = answer.hasLastEvaluatedKey() ? answer.lastEvaluatedKey() : Map.of();
    } while (!from.isEmpty());
  }

  /**
   * These items, those of them that there are, in any order.
   *
   * @param keys at most {@value #PAGE}
   * @param attributes those that are wanted
   */
  List<Map<String, AttributeValue>> get(
      List<Map<String, AttributeValue>> keys, List<String> attributes)
      throws StoreTrouble, InterruptedException {
    List<Map<String, AttributeValue>> found = new ArrayList<>();
    KeysAndAttributes next =
        KeysAndAttributes.builder()
            .keys(keys)
            .projectionExpression("#" + String.join(", #", attributes))
            .expressionAttributeNames(names(attributes))
            .build();
    for (int round = 0; round < ROUNDS; round++) {
      KeysAndAttributes asked = next;
      BatchGetItemResponse answer =
          DynamoDbCall.run(
              "reading of " + table,
              () -> dynamoDb.batchGetItem(r -> r.requestItems(Map.of(table, asked))));
      found.addAll(answer.responses().getOrDefault(table, List.of()));
      KeysAndAttributes left = answer.unprocessedKeys().get(table);
      if (left == null || left.keys().isEmpty()) {
        return found;
      }
      next = left;
      Thread.sleep(PAUSE_MILLIS << round);
    }
    throw new StoreTrouble("reading of " + table + ": it keeps leaving items out", null);
  }

  private static Map<String, String> names(List<String> attributes) {
    Map<String, String> names = new HashMap<>();
    attributes.forEach(name -> names.put("#" + name, name));
    return names;
  }

  static AttributeValue text(String text) {
    return AttributeValue.fromS(text);
  }

  static String text(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null || value.s() == null ? "" : value.s();
  }

  static long number(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null || value.n() == null ? 0 : Long.parseLong(value.n());
  }

  /** The first of these attributes that holds a time; 1970 if none does. */
  static Instant time(Map<String, AttributeValue> item, String... names) {
    return Arrays.stream(names)
        .flatMap(name -> time(text(item, name)).stream())
        .findFirst()
        .orElse(Instant.EPOCH);
  }

  /** A row that somebody has edited must not hide the others. */
  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException notATime) {
      return Optional.empty();
    }
  }
}
