package io.timebridge.timesheet.dynamodb;

import io.timebridge.stream.Names;
import io.timebridge.stream.TableName;
import io.timebridge.timesheet.EntryStore.Unavailable;
import io.timebridge.timesheet.TaskMapping;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * {@code Label_Task_Mapping}: label id -> {@code task_name} or {@code task_id}. A mapping is
 * remembered for a minute, a missing one for 2 seconds, so that a new mapping is seen soon.
 * Thread-safe.
 *
 * <p>Implementation note: {@code lock} guards {@code known} and is not held while DynamoDB is
 * asked; two threads may ask at once.
 */
public final class DynamoDbTaskMapping implements TaskMapping {
  private static final Duration KEEP = Duration.ofMinutes(1);
  private static final Duration KEEP_NOTHING = Duration.ofSeconds(2);
  private static final int CAPACITY = 50_000;

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Known> known =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Known> eldest) {
          return size() > CAPACITY;
        }
      };

  private record Known(Optional<TaskRef> task, long untilMillis) {}

  public DynamoDbTaskMapping(DynamoDbClient dynamoDb, Names names, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = names.table(TableName.LABEL_TASK_MAPPING);
    this.clock = clock;
  }

  @Override
  public Optional<TaskRef> task(long labelId) throws Unavailable {
    lock.lock();
    try {
      Known k = known.get(labelId);
      if (k != null && clock.millis() < k.untilMillis()) {
        return k.task();
      }
    } finally {
      lock.unlock();
    }
    return fresh(labelId);
  }

  @Override
  public Optional<TaskRef> fresh(long labelId) throws Unavailable {
    Optional<TaskRef> task = read(labelId);
    lock.lock();
    try {
      Duration keep = task.isPresent() ? KEEP : KEEP_NOTHING;
      known.put(labelId, new Known(task, clock.millis() + keep.toMillis()));
      return task;
    } finally {
      lock.unlock();
    }
  }

  /** Maps a label, over whatever it was mapped to. */
  public void map(long labelId, TaskRef task, String source) throws Unavailable {
    Map<String, AttributeValue> item =
        switch (task) {
          case TaskRef.ByName(String name) -> item(labelId, "task_name", RowCodec.s(name), source);
          case TaskRef.ById(long id) -> item(labelId, "task_id", RowCodec.n(id), source);
        };
    try {
      dynamoDb.putItem(r -> r.tableName(table).item(item));
    } catch (SdkException trouble) {
      throw new Unavailable("DynamoDB did not map label " + labelId, trouble);
    }
  }

  private Optional<TaskRef> read(long labelId) throws Unavailable {
    try {
      Map<String, AttributeValue> item =
          dynamoDb.getItem(r -> r.tableName(table).key(key(labelId)).consistentRead(true)).item();
      if (item.get("task_id") != null) {
        return Optional.of(new TaskRef.ById(Long.parseLong(item.get("task_id").n())));
      }
      return Optional.ofNullable(item.get("task_name")).map(v -> new TaskRef.ByName(v.s()));
    } catch (SdkException trouble) {
      throw new Unavailable("DynamoDB did not read the mapping of label " + labelId, trouble);
    }
  }

  private static Map<String, AttributeValue> item(
      long labelId, String attribute, AttributeValue task, String source) {
    return Map.of(
        TableName.LABEL_TASK_MAPPING.hashKey(),
        RowCodec.s(Long.toString(labelId)),
        attribute,
        task,
        "source",
        RowCodec.s(source));
  }

  private static Map<String, AttributeValue> key(long labelId) {
    return Map.of(TableName.LABEL_TASK_MAPPING.hashKey(), RowCodec.s(Long.toString(labelId)));
  }
}
