package io.timebridge.mapping;

import io.timebridge.failure.DynamoDbCall;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * {@code Label_Task_Mapping} for people: label id -> {@code task_name} or {@code task_id}, {@code
 * source}, {@code at}. Reads are consistent. Every write can be repeated. Thread-safe.
 */
public final class MappingTable {
  private static final String KEY = TableName.LABEL_TASK_MAPPING.hashKey();

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final InstantSource clock;

  /**
   * @param dynamoDb stays the caller's to close
   */
  public MappingTable(DynamoDbClient dynamoDb, Names names, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.LABEL_TASK_MAPPING);
    this.clock = clock;
  }

  /** All mappings by label id. Rows that name neither a label nor a task are not among them. */
  public SortedMap<Long, Mapping> all() throws StoreTrouble, InterruptedException {
    return DynamoDbCall.run(
        "a scan of " + table,
        () -> {
          SortedMap<Long, Mapping> all = new TreeMap<>();
          dynamoDb.scanPaginator(r -> r.tableName(table).consistentRead(true)).items().stream()
              .flatMap(item -> read(item).stream())
              .forEach(mapping -> all.put(mapping.labelId(), mapping));
          return all;
        });
  }

  /** The mapping of that label. */
  public Optional<Mapping> find(long labelId) throws StoreTrouble, InterruptedException {
    return DynamoDbCall.run(
        "a read of " + table,
        () ->
            read(
                dynamoDb
                    .getItem(r -> r.tableName(table).key(key(labelId)).consistentRead(true))
                    .item()));
  }

  /** Maps a label, over whatever it was mapped to. */
  public void set(long labelId, TaskRef task, String source)
      throws StoreTrouble, InterruptedException {
    Map<String, AttributeValue> item = new HashMap<>(key(labelId));
    switch (task) {
      case TaskRef.ByName(String name) -> item.put("task_name", AttributeValue.fromS(name));
      case TaskRef.ById(long id) -> item.put("task_id", AttributeValue.fromN(Long.toString(id)));
    }
    item.put("source", AttributeValue.fromS(source));
    item.put("at", AttributeValue.fromS(clock.instant().toString()));
    DynamoDbCall.run(
        "a write of " + table, () -> dynamoDb.putItem(r -> r.tableName(table).item(item)));
  }

  /** Maps several; those before one that fails are mapped. */
  public void setAll(Collection<Mapping> mappings) throws StoreTrouble, InterruptedException {
    for (Mapping mapping : mappings) {
      set(mapping.labelId(), mapping.task(), mapping.source());
    }
  }

  /** Removes the mapping of a label; one that is not there is removed. */
  public void remove(long labelId) throws StoreTrouble, InterruptedException {
    DynamoDbCall.run(
        "a delete in " + table,
        () -> dynamoDb.deleteItem(r -> r.tableName(table).key(key(labelId))));
  }

  private static Optional<Mapping> read(Map<String, AttributeValue> item) {
    String label = text(item, KEY);
    if (!label.matches("[0-9]{1,18}")) {
      return Optional.empty();
    }
    Optional<TaskRef> task =
        Optional.ofNullable(item.get("task_id"))
            .map(AttributeValue::n)
            .<TaskRef>map(id -> new TaskRef.ById(Long.parseLong(id)))
            .or(() ->
                Optional.of(text(item, "task_name"))
                    .filter(name -> !name.isEmpty())
                    .map(TaskRef.ByName::new));
    return task.map(ref ->
        new Mapping(Long.parseLong(label), ref, text(item, "source"), time(text(item, "at"))));
  }

  private static String text(Map<String, AttributeValue> item, String attribute) {
    return Optional.ofNullable(item.get(attribute)).map(AttributeValue::s).orElse("");
  }

  private static Optional<Instant> time(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeException notATime) {
      return Optional.empty(); // written by hand: when is not known
    }
  }

  private static Map<String, AttributeValue> key(long labelId) {
    return Map.of(KEY, AttributeValue.fromS(Long.toString(labelId)));
  }

  /** What carries each of {@code wanted} out: those that are not mapped so already. */
  public static List<Mapping> changes(Map<Long, Mapping> present, Collection<Mapping> wanted) {
    return wanted.stream()
        .filter(mapping ->
            !Optional.ofNullable(present.get(mapping.labelId()))
                .map(Mapping::task)
                .equals(Optional.of(mapping.task())))
        .toList();
  }
}
