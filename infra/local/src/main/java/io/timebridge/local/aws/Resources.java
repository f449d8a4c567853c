package io.timebridge.local.aws;

import io.timebridge.aws.AwsClients;
import io.timebridge.aws.RequiredResources;
import io.timebridge.aws.RequiredResources.KeysOnlyIndex;
import io.timebridge.aws.RequiredResources.TableKey;
import io.timebridge.aws.RequiredResources.TableShape;
import io.timebridge.stream.Names;
import io.timebridge.stream.QueueName;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueNameExistsException;

/**
 * Makes everything the contract names, on whatever endpoints the clients point at: streams, tables,
 * queues, the alert topic, and the lease tables of the KCL applications, which KCL would otherwise
 * spend some ten seconds on. What is there already is left as it is.
 */
public final class Resources {
  private static final Duration VISIBILITY = Duration.ofSeconds(30);

  /** The longest SQS keeps a message; for what a person has to look at. */
  private static final Duration QUEUE_RETENTION = Duration.ofDays(14);

  private final KinesisClient kinesis;
  private final DynamoDbClient dynamoDb;
  private final SqsClient sqs;
  private final SnsClient sns;
  private final Names names;
  private final ResourceOptions options;

  private Resources(
      KinesisClient kinesis,
      DynamoDbClient dynamoDb,
      SqsClient sqs,
      SnsClient sns,
      Names names,
      ResourceOptions options) {
    this.kinesis = kinesis;
    this.dynamoDb = dynamoDb;
    this.sqs = sqs;
    this.sns = sns;
    this.names = names;
    this.options = options;
  }

  /**
   * Makes what is missing and returns when all of it is active. Safe to call again, and by several
   * processes at once.
   *
   * @throws SdkException when a service refuses, or cannot be reached
   * @throws IllegalStateException when something is not active in time
   */
  public static void create(AwsClients clients, Names names, ResourceOptions options) {
    try (KinesisClient kinesis = clients.kinesis();
        DynamoDbClient dynamoDb = clients.dynamoDb();
        SqsClient sqs = clients.sqs();
        SnsClient sns = clients.sns()) {
      new Resources(kinesis, dynamoDb, sqs, sns, names, options).createAll();
    }
  }

  /**
   * What of the contract is missing, not ready or shaped otherwise; empty when nothing is.
   *
   * @throws SdkException when a service cannot be asked
   */
  public static List<String> missing(AwsClients clients, Names names) {
    return RequiredResources.everything().missing(clients, names);
  }

  private void createAll() {
    List<Callable<Void>> tasks = new ArrayList<>();
    for (StreamName stream : StreamName.values()) {
      tasks.add(task(() -> createStream(names.stream(stream))));
      tasks.add(task(() -> createTable(names.application(stream), TableShape.ofLeases())));
    }
    for (TableName table : TableName.values()) {
      tasks.add(task(() -> createTable(names.table(table), TableShape.of(table))));
    }
    tasks.add(task(this::createQueues));
    tasks.add(task(() -> sns.createTopic(r -> r.name(names.alertTopic()))));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("resources were not made", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while resources were made", e);
    }
  }

  private static Callable<Void> task(Runnable run) {
    return Executors.callable(run, (Void) null);
  }

  private void createStream(String name) {
    try {
      kinesis.createStream(r -> r.streamName(name).shardCount(options.shardsPerStream()));
    } catch (software.amazon.awssdk.services.kinesis.model.ResourceInUseException e) {
      // It is there: the wait below is all that is left to do.
    }
    StreamDescriptionSummary stream = awaitActive(name);
    int hours = (int) options.retention().toHours();
    if (stream.retentionPeriodHours() < hours) {
      kinesis.increaseStreamRetentionPeriod(r -> r.streamName(name).retentionPeriodHours(hours));
      awaitActive(name);
    }
  }

  /** The SDK's own waiter polls each 10 s; a local stream is active at once. */
  private StreamDescriptionSummary awaitActive(String name) {
    long deadline = System.nanoTime() + options.readyWithin().toNanos();
    while (true) {
      StreamDescriptionSummary stream =
          kinesis.describeStreamSummary(r -> r.streamName(name)).streamDescriptionSummary();
      if (stream.streamStatus() == StreamStatus.ACTIVE) {
        return stream;
      }
      pause("Kinesis stream " + name, stream.streamStatusAsString(), deadline);
    }
  }

  private void createTable(String name, TableShape shape) {
    TreeSet<String> attributes = new TreeSet<>(attributes(shape.key()));
    shape.indexes().forEach(index -> attributes.addAll(attributes(index.key())));
    CreateTableRequest.Builder request =
        CreateTableRequest.builder()
            .tableName(name)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .keySchema(schema(shape.key()))
            .attributeDefinitions(attributes.stream().map(Resources::string).toList());
    if (!shape.indexes().isEmpty()) {
      request.globalSecondaryIndexes(shape.indexes().stream().map(Resources::index).toList());
    }
    try {
      dynamoDb.createTable(request.build());
    } catch (ResourceInUseException e) {
      // It is there: the wait below is all that is left to do.
    }
    long deadline = System.nanoTime() + options.readyWithin().toNanos();
    while (true) {
      String status = dynamoDb.describeTable(r -> r.tableName(name)).table().tableStatusAsString();
      if (status.equals("ACTIVE")) {
        return;
      }
      pause("DynamoDB table " + name, status, deadline);
    }
  }

  private static List<String> attributes(TableKey key) {
    return key.range().map(range -> List.of(key.hash(), range)).orElse(List.of(key.hash()));
  }

  private static AttributeDefinition string(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.S)
        .build();
  }

  private static List<KeySchemaElement> schema(TableKey key) {
    List<KeySchemaElement> schema = new ArrayList<>();
    schema.add(KeySchemaElement.builder().attributeName(key.hash()).keyType(KeyType.HASH).build());
    key.range()
        .ifPresent(range ->
            schema.add(
                KeySchemaElement.builder().attributeName(range).keyType(KeyType.RANGE).build()));
    return schema;
  }

  private static GlobalSecondaryIndex index(KeysOnlyIndex index) {
    return GlobalSecondaryIndex.builder()
        .indexName(index.name())
        .keySchema(schema(index.key()))
        .projection(p -> p.projectionType(ProjectionType.KEYS_ONLY))
        .build();
  }

  /** One after the other: a queue that redrives names the ARN of its dead-letter queue. */
  private void createQueues() {
    String deadLetters = createQueue(QueueName.RETRY_DEAD_LETTERS, Map.of());
    String arn =
        sqs.getQueueAttributes(
                r -> r.queueUrl(deadLetters).attributeNames(QueueAttributeName.QUEUE_ARN))
            .attributes()
            .get(QueueAttributeName.QUEUE_ARN);
    createQueue(
        QueueName.RETRY,
        Map.of(
            QueueAttributeName.REDRIVE_POLICY,
            "{\"deadLetterTargetArn\":\""
                + arn
                + "\",\"maxReceiveCount\":\""
                + QueueName.MAX_RECEIVE_COUNT
                + "\"}"));
    createQueue(QueueName.TICKS, Map.of());
    createQueue(QueueName.TICK_DEAD_LETTERS, Map.of());
  }

  private String createQueue(QueueName queue, Map<QueueAttributeName, String> more) {
    String name = names.queue(queue);
    Map<QueueAttributeName, String> attributes = new LinkedHashMap<>(more);
    attributes.put(QueueAttributeName.VISIBILITY_TIMEOUT, String.valueOf(VISIBILITY.toSeconds()));
    attributes.put(
        QueueAttributeName.MESSAGE_RETENTION_PERIOD, String.valueOf(QUEUE_RETENTION.toSeconds()));
    if (queue.isFifo()) {
      attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
      attributes.put(QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "false");
    }
    try {
      return sqs.createQueue(r -> r.queueName(name).attributes(attributes)).queueUrl();
    } catch (QueueNameExistsException e) {
      // There with other attributes, perhaps set by hand: left as it is.
      return sqs.getQueueUrl(r -> r.queueName(name)).queueUrl();
    }
  }

  private void pause(String what, String status, long deadline) {
    if (System.nanoTime() - deadline > 0) {
      throw new IllegalStateException(
          what + " is still " + status + " after " + options.readyWithin());
    }
    try {
      Thread.sleep(Duration.ofMillis(50));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + what, e);
    }
  }
}
