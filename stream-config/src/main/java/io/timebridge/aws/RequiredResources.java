package io.timebridge.aws;

import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexDescription;
import software.amazon.awssdk.services.dynamodb.model.IndexStatus;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/**
 * What a process cannot work without, checked once at its start so that what is missing is named
 * there and not by a failing call later. Only reads. Immutable.
 *
 * @param leaseTables the streams whose KCL application needs its lease table; KCL makes a missing
 *     one by itself, but then starts some ten seconds later
 */
public record RequiredResources(
    Set<StreamName> streams,
    Set<TableName> tables,
    Set<QueueName> queues,
    Set<StreamName> leaseTables,
    boolean alertTopic) {

  /** The keys of a table; every key attribute is a string. */
  public record TableShape(TableKey key, List<KeysOnlyIndex> indexes) {
    public TableShape {
      indexes = List.copyOf(indexes);
    }

    /** The shape of a table of the contract. */
    public static TableShape of(TableName table) {
      TableKey key = new TableKey(table.hashKey(), table.rangeKey());
      return switch (table) {
        case TIMESHEET_ENTRIES -> new TableShape(key, List.of(WAKE_INDEX));
        case PARKED_EVENTS -> new TableShape(key, List.of(HELD_INDEX));
        case LABEL_TASK_MAPPING, JOB_DATA, TIMESHEET_BACKUP, COORDINATION ->
            new TableShape(key, List.of());
      };
    }

    /** The shape of a KCL application's lease table, as KCL 3 makes it. */
    public static TableShape ofLeases() {
      return new TableShape(new TableKey("leaseKey", Optional.empty()), List.of(LEASE_OWNER_INDEX));
    }
  }

  /** A partition key and, perhaps, a sort key. */
  public record TableKey(String hash, Optional<String> range) {}

  /** A global secondary index that holds keys only. */
  public record KeysOnlyIndex(String name, TableKey key) {}

  /** Finds the entries that wait for a cause to be fixed, oldest first. */
  public static final KeysOnlyIndex WAKE_INDEX =
      new KeysOnlyIndex("wake-index", new TableKey("wake", Optional.of("wake_since")));

  /**
   * Finds the parked records that no entry row speaks of (of jobs, of backups, quarantined), oldest
   * first.
   */
  public static final KeysOnlyIndex HELD_INDEX =
      new KeysOnlyIndex("held-index", new TableKey("held", Optional.of("first_failure")));

  private static final KeysOnlyIndex LEASE_OWNER_INDEX =
      new KeysOnlyIndex(
          "LeaseOwnerToLeaseKeyIndex", new TableKey("leaseOwner", Optional.of("leaseKey")));

  public RequiredResources {
    streams = Set.copyOf(streams);
    tables = Set.copyOf(tables);
    queues = Set.copyOf(queues);
    leaseTables = Set.copyOf(leaseTables);
  }

  /** These streams and tables; no queue, no lease table, no topic. */
  public static RequiredResources of(Set<StreamName> streams, Set<TableName> tables) {
    return new RequiredResources(streams, tables, Set.of(), Set.of(), false);
  }

  /** Everything the contract names, lease tables and the alert topic included. */
  public static RequiredResources everything() {
    return new RequiredResources(
        EnumSet.allOf(StreamName.class),
        EnumSet.allOf(TableName.class),
        EnumSet.allOf(QueueName.class),
        EnumSet.allOf(StreamName.class),
        true);
  }

  public RequiredResources withQueues(Set<QueueName> needed) {
    return new RequiredResources(streams, tables, needed, leaseTables, alertTopic);
  }

  public RequiredResources withLeaseTables(Set<StreamName> needed) {
    return new RequiredResources(streams, tables, queues, needed, alertTopic);
  }

  public RequiredResources withAlertTopic() {
    return new RequiredResources(streams, tables, queues, leaseTables, true);
  }

  /**
   * What is missing, not ready, or has other keys than the contract: one sentence each, in a fixed
   * order; empty when all is well. Only the services that are needed are asked, at once.
   *
   * @throws SdkException when a service cannot be asked, or forbids it
   */
  public List<String> missing(AwsClients clients, Names names) {
    List<Callable<Optional<String>>> checks = new ArrayList<>();
    try (KinesisClient kinesis = clients.kinesis();
        DynamoDbClient dynamoDb = clients.dynamoDb();
        SqsClient sqs = clients.sqs();
        SnsClient sns = clients.sns()) {
      for (StreamName stream : sorted(streams, StreamName.class)) {
        checks.add(() -> checkStream(kinesis, names.stream(stream)));
      }
      for (TableName table : sorted(tables, TableName.class)) {
        checks.add(() -> checkTable(dynamoDb, names.table(table), TableShape.of(table)));
      }
      for (StreamName stream : sorted(leaseTables, StreamName.class)) {
        checks.add(() -> checkTable(dynamoDb, names.application(stream), TableShape.ofLeases()));
      }
      for (QueueName queue : sorted(queues, QueueName.class)) {
        checks.add(() -> checkQueue(sqs, names.queue(queue)));
      }
      if (alertTopic) {
        checks.add(() -> checkTopic(sns, names.alertTopic()));
      }
      return run(checks);
    }
  }

  private static <E extends Enum<E>> Set<E> sorted(Set<E> set, Class<E> type) {
    Set<E> sorted = EnumSet.noneOf(type);
    sorted.addAll(set);
    return sorted;
  }

  private static List<String> run(List<Callable<Optional<String>>> checks) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<String> missing = new ArrayList<>();
      for (Future<Optional<String>> check : threads.invokeAll(checks)) {
        check.get().ifPresent(missing::add);
      }
      return missing;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("a check failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while looking for resources", e);
    }
  }

  private static Optional<String> checkStream(KinesisClient kinesis, String name) {
    try {
      StreamStatus status =
          kinesis
              .describeStreamSummary(r -> r.streamName(name))
              .streamDescriptionSummary()
              .streamStatus();
      // UPDATING is a stream at work: it is being resharded.
      return status == StreamStatus.ACTIVE || status == StreamStatus.UPDATING
          ? Optional.empty()
          : Optional.of("Kinesis stream " + name + " is " + status);
    } catch (software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException e) {
      return Optional.of("Kinesis stream " + name + " does not exist");
    }
  }

  /**
   * What is wrong with one table: missing, not ready, or of other keys; one sentence. Only reads.
   *
   * @throws SdkException when DynamoDB cannot be asked, or forbids it
   */
  public static Optional<String> checkTable(
      DynamoDbClient dynamoDb, String name, TableShape shape) {
    try {
      TableDescription table = dynamoDb.describeTable(r -> r.tableName(name)).table();
      if (table.tableStatus() != TableStatus.ACTIVE
          && table.tableStatus() != TableStatus.UPDATING) {
        return Optional.of("DynamoDB table " + name + " is " + table.tableStatus());
      }
      if (!keyOf(table.keySchema()).equals(shape.key())) {
        return Optional.of(
            "DynamoDB table "
                + name
                + " has the key "
                + describe(keyOf(table.keySchema()))
                + " instead of "
                + describe(shape.key()));
      }
      return shape.indexes().stream()
          .map(index -> checkIndex(name, table, index))
          .flatMap(Optional::stream)
          .findFirst();
    } catch (software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException e) {
      return Optional.of("DynamoDB table " + name + " does not exist");
    }
  }

  private static Optional<String> checkIndex(
      String name, TableDescription table, KeysOnlyIndex index) {
    String what = "index " + index.name() + " of DynamoDB table " + name;
    Optional<GlobalSecondaryIndexDescription> found =
        table.globalSecondaryIndexes().stream()
            .filter(i -> i.indexName().equals(index.name()))
            .findFirst();
    if (found.isEmpty()) {
      return Optional.of(what + " does not exist");
    }
    if (!keyOf(found.get().keySchema()).equals(index.key())) {
      return Optional.of(
          what
              + " has the key "
              + describe(keyOf(found.get().keySchema()))
              + " instead of "
              + describe(index.key()));
    }
    return found.get().indexStatus() == IndexStatus.CREATING
            || found.get().indexStatus() == IndexStatus.DELETING
        ? Optional.of(what + " is " + found.get().indexStatus())
        : Optional.empty();
  }

  private static TableKey keyOf(List<KeySchemaElement> schema) {
    Optional<String> range =
        schema.stream()
            .filter(k -> k.keyType() == KeyType.RANGE)
            .map(KeySchemaElement::attributeName)
            .findFirst();
    return schema.stream()
        .filter(k -> k.keyType() == KeyType.HASH)
        .map(k -> new TableKey(k.attributeName(), range))
        .findFirst()
        .orElseThrow();
  }

  private static String describe(TableKey key) {
    return key.range().map(range -> key.hash() + " + " + range).orElse(key.hash());
  }

  private static Optional<String> checkQueue(SqsClient sqs, String name) {
    try {
      sqs.getQueueUrl(r -> r.queueName(name));
      return Optional.empty();
    } catch (QueueDoesNotExistException e) {
      return Optional.of("SQS queue " + name + " does not exist");
    }
  }

  /** SNS has no look-up by name: the list is read to its end, or until the topic comes. */
  private static Optional<String> checkTopic(SnsClient sns, String name) {
    return sns.listTopicsPaginator().topics().stream()
            .anyMatch(topic -> topic.topicArn().endsWith(":" + name))
        ? Optional.empty()
        : Optional.of("SNS topic " + name + " does not exist");
  }
}
