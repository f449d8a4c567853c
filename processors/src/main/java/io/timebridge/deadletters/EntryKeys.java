package io.timebridge.deadletters;

import static io.timebridge.deadletters.Items.number;
import static io.timebridge.deadletters.Items.text;
import static io.timebridge.deadletters.Items.time;

import io.timebridge.aws.RequiredResources;
import io.timebridge.deadletters.WaitingKey.Kind;
import io.timebridge.deadletters.WaitingKey.State;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The entries whose events wait, found by the index. Thread-safe. */
final class EntryKeys {
  private static final String KEY = TableName.TIMESHEET_ENTRIES.hashKey();
  private static final String STREAM = "STREAM";

  private static final List<String> ATTRIBUTES =
      List.of(
          KEY,
          "lane",
          "wake",
          "wake_since",
          "parked_since",
          "parked",
          "episode",
          "attempts",
          "reason",
          "waits_for",
          "failure");

  private final Items rows;

  EntryKeys(DynamoDbClient dynamoDb, Names names) {
    this.rows = new Items(dynamoDb, names.table(TableName.TIMESHEET_ENTRIES));
  }

  /**
   * Every entry whose events wait and of which nothing was heard since {@code before}; longest
   * silent first, dead ones before the others, each once. One that is worked off meanwhile may be
   * left out.
   *
   * @param most goes no further after about so many
   * @return how many were visited
   */
  long each(Instant before, long most, Visitor<WaitingKey> visitor)
      throws StoreTrouble, InterruptedException {
    long[] visited = new long[1];
    Set<String> seen = new HashSet<>(); // a wake-up may be sent between two questions
    for (String wake : List.of("dead", "owed", "sent")) {
      rows.pages(
          query ->
              query
                  .indexName(RequiredResources.WAKE_INDEX.name())
                  .keyConditionExpression("wake = :wake AND wake_since < :before")
                  .expressionAttributeValues(
                      Map.of(":wake", text(wake), ":before", text(before.toString()))),
          page -> {
            visited[0] += visit(page, seen, visitor);
            return visited[0] < most;
          });
      if (visited[0] >= most) {
        break;
      }
    }
    return visited[0];
  }

  private int visit(
      List<Map<String, AttributeValue>> page, Set<String> seen, Visitor<WaitingKey> visitor)
      throws StoreTrouble, InterruptedException {
    List<Map<String, AttributeValue>> keys = page.stream().map(i -> key(text(i, KEY))).toList();
    List<WaitingKey> found =
        rows.get(keys, ATTRIBUTES).stream()
            .flatMap(r -> waiting(r).stream())
            .filter(key -> seen.add(key.key()))
            .toList();
    for (WaitingKey each : found) {
      visitor.visit(each);
    }
    return found.size();
  }

  /** The entry, if events of it wait. */
  Optional<WaitingKey> find(EntryId id) throws StoreTrouble, InterruptedException {
    return rows.get(List.of(key(id.key())), ATTRIBUTES).stream()
        .flatMap(r -> waiting(r).stream())
        .findFirst();
  }

  private static Map<String, AttributeValue> key(String id) {
    return Map.of(KEY, text(id));
  }

  private static Optional<WaitingKey> waiting(Map<String, AttributeValue> row) {
    String lane = text(row, "lane");
    if (lane.isEmpty() || lane.equals(STREAM)) {
      return Optional.empty(); // the index is a little behind
    }
    return Optional.of(
        new WaitingKey(
            text(row, KEY),
            Kind.ENTRY,
            text(row, "reason"),
            number(row, "parked"),
            time(row, "parked_since", "wake_since"),
            lane.equals("DEAD") ? State.DEAD : state(text(row, "wake")),
            number(row, "attempts"),
            number(row, "episode"),
            text(row, "waits_for"),
            text(row, "failure")));
  }

  private static State state(String wake) {
    return wake.equals("owed") ? State.OWED : State.WAITING;
  }
}
