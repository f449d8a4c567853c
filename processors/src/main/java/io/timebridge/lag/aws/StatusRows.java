package io.timebridge.lag.aws;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.ProcessStatus;
import io.timebridge.lag.ShardStatus;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * The rows {@code status#<worker>} of {@link TableName#COORDINATION}, in which worker processes
 * tell of themselves: {@code at} (epoch milliseconds, by the worker's clock), {@code parts} and
 * {@code status}, a JSON text. A process with many shards has further rows, {@code
 * status#<worker>#1} and so on; each is far below DynamoDB's limit. A process that stops takes its
 * rows away; those of dead ones are taken away by others. Thread-safe.
 */
public final class StatusRows {
  private static final Logger LOG = LoggerFactory.getLogger(StatusRows.class);

  private static final String PREFIX = "status#";
  private static final String NAME = TableName.COORDINATION.hashKey();

  private final DynamoDbClient dynamoDb;
  private final String table;

  /** The client stays the caller's to close. */
  public StatusRows(DynamoDbClient dynamoDb, Names names) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.COORDINATION);
  }

  /**
   * Says it.
   *
   * @return in how many rows
   */
  public int write(ProcessStatus status) throws StoreTrouble, InterruptedException {
    List<String> parts = StatusCodec.encode(status);
    for (int part = parts.size() - 1; part >= 0; part--) { // the first one says how many there are
      Map<String, AttributeValue> item =
          Map.of(
              NAME,
              text(name(status.worker(), part)),
              "at",
              number(status.at().toEpochMilli()),
              "parts",
              number(parts.size()),
              "status",
              text(parts.get(part)));
      DynamoDbCall.run(what(), () -> dynamoDb.putItem(r -> r.tableName(table).item(item)));
    }
    return parts.size();
  }

  /** Takes a process's rows away. */
  public void remove(String worker, int parts) throws StoreTrouble, InterruptedException {
    for (int part = 0; part < parts; part++) {
      String name = name(worker, part);
      DynamoDbCall.run(
          what(), () -> dynamoDb.deleteItem(r -> r.tableName(table).key(Map.of(NAME, text(name)))));
    }
  }

  /** Takes away what was said before, and not since. */
  public void removeBefore(Instant before) throws StoreTrouble, InterruptedException {
    AttributeValue limit = number(before.toEpochMilli());
    for (Map<String, AttributeValue> row : rows()) {
      if (at(row) < before.toEpochMilli()) {
        try {
          DynamoDbCall.run(
              what(),
              () ->
                  dynamoDb.deleteItem(r ->
                      r.tableName(table)
                          .key(Map.of(NAME, text(text(row, NAME))))
                          .conditionExpression("#at < :before")
                          .expressionAttributeNames(Map.of("#at", "at"))
                          .expressionAttributeValues(Map.of(":before", limit))));
        } catch (ConditionalCheckFailedException alive) {
          LOG.debug("a process that was silent tells of itself again: {}", text(row, NAME));
        }
      }
    }
  }

  /** What processes said last, dead ones among them. */
  public List<ProcessStatus> read() throws StoreTrouble, InterruptedException {
    Map<String, TreeMap<Integer, Map<String, AttributeValue>>> byWorker = new TreeMap<>();
    for (Map<String, AttributeValue> row : rows()) {
      String name = text(row, NAME).substring(PREFIX.length());
      int hash = name.indexOf('#');
      int part = hash < 0 ? 0 : number(name.substring(hash + 1));
      String worker = hash < 0 ? name : name.substring(0, hash);
      if (part >= 0) {
        byWorker.computeIfAbsent(worker, w -> new TreeMap<>()).put(part, row);
      }
    }
    List<ProcessStatus> all = new ArrayList<>();
    byWorker.forEach((worker, parts) -> {
      try {
        if (parts.containsKey(0)) {
          all.add(joined(parts));
        }
      } catch (IllegalArgumentException unreadable) { // of another version; the others still count
        LOG.warn("what worker {} says is not understood: {}", worker, unreadable.getMessage());
      }
    });
    return all;
  }

  /** Parts from when there were more of them are left out. */
  private static ProcessStatus joined(NavigableMap<Integer, Map<String, AttributeValue>> parts) {
    Map<String, AttributeValue> first = parts.firstEntry().getValue();
    AttributeValue written = first.get("parts");
    int count = written == null ? 1 : number(written.n());
    ProcessStatus status = null;
    Map<String, List<ShardStatus>> applications = new HashMap<>();
    for (Map<String, AttributeValue> row : parts.headMap(count, false).values()) {
      ProcessStatus part = StatusCodec.decode(text(row, "status"));
      status = status == null ? part : status;
      part.applications()
          .forEach((app, shards) ->
              applications.computeIfAbsent(app, a -> new ArrayList<>()).addAll(shards));
    }
    if (status == null) {
      throw new IllegalArgumentException("it has no parts");
    }
    return new ProcessStatus(
        status.worker(),
        status.version(),
        status.startedAt(),
        status.at(),
        status.every(),
        status.circuits(),
        applications,
        status.latencies());
  }

  private List<Map<String, AttributeValue>> rows() throws StoreTrouble, InterruptedException {
    return DynamoDbCall.run(
        what(),
        () ->
            dynamoDb
                .scanPaginator(r ->
                    r.tableName(table)
                        .consistentRead(true)
                        .filterExpression("begins_with(#name, :prefix)")
                        .projectionExpression("#name, #at, parts, #status")
                        .expressionAttributeNames(
                            Map.of("#name", NAME, "#at", "at", "#status", "status"))
                        .expressionAttributeValues(Map.of(":prefix", text(PREFIX))))
                .items()
                .stream()
                .filter(row -> row.containsKey("status"))
                .toList());
  }

  private static long at(Map<String, AttributeValue> row) {
    AttributeValue at = row.get("at");
    return at == null || at.n() == null ? 0 : Long.parseLong(at.n());
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException none) {
      return -1;
    }
  }

  private static String name(String worker, int part) {
    return PREFIX + worker + (part == 0 ? "" : "#" + part);
  }

  private String what() {
    return "status rows of " + table;
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  private static String text(Map<String, AttributeValue> row, String name) {
    AttributeValue value = row.get(name);
    return value == null || value.s() == null ? "" : value.s();
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }
}
