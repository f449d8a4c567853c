package io.timebridge.deadletters;

import static io.timebridge.deadletters.Items.text;
import static io.timebridge.deadletters.Items.time;

import io.timebridge.aws.RequiredResources;
import io.timebridge.deadletters.WaitingKey.Kind;
import io.timebridge.deadletters.WaitingKey.State;
import io.timebridge.failure.Held;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The parked records that no entry row speaks of, found by the index. Thread-safe. */
final class HeldKeys {
  private static final String KEY = TableName.PARKED_EVENTS.hashKey();
  private static final List<String> ATTRIBUTES =
      List.of(KEY, "sequence", "held", "reason", "detail", "first_failure");

  private static final List<String> PARTITIONED =
      Stream.concat(ATTRIBUTES.stream(), Stream.of("partition_key")).toList();

  private final Items records;

  HeldKeys(DynamoDbClient dynamoDb, Names names) {
    this.records = new Items(dynamoDb, names.table(TableName.PARKED_EVENTS));
  }

  /**
   * Every record of that kind parked before {@code before}, oldest first, each as a key of its own
   * with one that waits: a key with several comes several times.
   *
   * @param most goes no further after about so many
   * @return how many were visited
   */
  long each(Held held, Instant before, long most, Visitor<WaitingKey> visitor)
      throws StoreTrouble, InterruptedException {
    long[] visited = new long[1];
    records.pages(
        query ->
            query
                .indexName(RequiredResources.HELD_INDEX.name())
                .keyConditionExpression("held = :held AND first_failure < :before")
                .expressionAttributeValues(
                    Map.of(":held", text(held.text()), ":before", text(before.toString()))),
        page -> {
          visited[0] += visit(held, page, visitor);
          return visited[0] < most;
        });
    return visited[0];
  }

  /**
   * Visits the quarantined records with that partition key, oldest first.
   *
   * @param among goes through no more than about so many
   * @param most visits no more
   * @return whether there may be more
   */
  boolean keptOut(String partitionKey, long among, long most, Visitor<WaitingEvent> visitor)
      throws StoreTrouble, InterruptedException {
    long[] seen = new long[2];
    records.pages(
        query ->
            query
                .indexName(RequiredResources.HELD_INDEX.name())
                .keyConditionExpression("held = :held")
                .expressionAttributeValues(Map.of(":held", text(Held.QUARANTINE.text()))),
        page -> {
          seen[0] += page.size();
          for (Map<String, AttributeValue> item : whole(Held.QUARANTINE, page, PARTITIONED)) {
            if (text(item, "partition_key").equals(partitionKey) && ++seen[1] <= most) {
              visitor.visit(KeyRecords.event(item));
            }
          }
          return seen[0] < among && seen[1] <= most;
        });
    return seen[0] >= among || seen[1] > most;
  }

  /** The records themselves, oldest first: the index holds keys only, and is a little behind. */
  private List<Map<String, AttributeValue>> whole(
      Held held, List<Map<String, AttributeValue>> page, List<String> attributes)
      throws StoreTrouble, InterruptedException {
    List<Map<String, AttributeValue>> keys =
        page.stream()
            .map(i -> Map.of(KEY, text(text(i, KEY)), "sequence", text(text(i, "sequence"))))
            .toList();
    return records.get(keys, attributes).stream()
        .filter(i -> text(i, "held").equals(held.text()))
        .sorted(Comparator.comparing(i -> text(i, "first_failure")))
        .toList();
  }

  private int visit(Held held, List<Map<String, AttributeValue>> page, Visitor<WaitingKey> visitor)
      throws StoreTrouble, InterruptedException {
    List<WaitingKey> found =
        whole(held, page, ATTRIBUTES).stream().map(i -> waiting(held, i)).toList();
    for (WaitingKey each : found) {
      visitor.visit(each);
    }
    return found.size();
  }

  static WaitingKey waiting(Held held, Map<String, AttributeValue> item) {
    return new WaitingKey(
        text(item, KEY),
        kind(held),
        text(item, "reason"),
        1,
        time(item, "first_failure"),
        State.DEAD,
        0,
        0,
        "",
        text(item, "detail"));
  }

  static Kind kind(Held held) {
    return switch (held) {
      case JOB -> Kind.JOB;
      case BACKUP -> Kind.BACKUP;
      case QUARANTINE -> Kind.QUARANTINE;
    };
  }
}
