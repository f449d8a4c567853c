package io.timebridge.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbAsyncWaiter;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;

/**
 * Makes an application's lease table ready before KCL looks at it: with its index, and with a row
 * per shard that stands at the trim horizon. KCL 3.5.1 would do the same, but waits 10 s for the
 * index and up to 30 s before it fills an empty table.
 *
 * <p>The rows are those of KCL 3.5.1's own {@code DynamoDBLeaseSerializer} for an empty table,
 * parent shards included: without them children would be read before their parents. A table that
 * has a lease is left alone. Safe to run in several workers at once: a row that is there stays.
 */
final class LeaseTable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseTable.class);

  private static final String KEY = "leaseKey";
  private static final String OWNER = "leaseOwner";
  private static final String OWNER_INDEX = "LeaseOwnerToLeaseKeyIndex";
  private static final String CHECKPOINT = "checkpoint";
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);

  private final DynamoDbAsyncClient dynamoDb;
  private final KinesisAsyncClient kinesis;
  private final String table;
  private final String stream;

  LeaseTable(KclApplication.Clients clients, KclApplication.Source source) {
    this.dynamoDb = clients.dynamoDb();
    this.kinesis = clients.kinesis();
    this.table = source.application();
    this.stream = source.stream();
  }

  /**
   * Creates and fills the table where that is needed.
   *
   * @throws IllegalStateException when the stream does not exist
   */
  void prepare() {
    create();
    if (!hasLeases()) {
      List<Shard> shards = shardsAtTrimHorizon();
      put(clientVersion());
      shards.forEach(shard -> put(row(shard)));
      LOG.info("lease table filled: table={} shards={}", table, shards.size());
    }
  }

  private void create() {
    try {
      done(dynamoDb.describeTable(r -> r.tableName(table)));
    } catch (ResourceNotFoundException missing) {
      createTable();
    }
    try (DynamoDbAsyncWaiter waiter = dynamoDb.waiter()) {
      done(
          waiter.waitUntilTableExists(
              r -> r.tableName(table),
              o ->
                  o.backoffStrategyV2(BackoffStrategy.fixedDelay(Duration.ofMillis(200)))
                      .maxAttempts(1000)
                      .waitTimeout(READY_WITHIN)));
    }
  }

  private void createTable() {
    try {
      done(
          dynamoDb.createTable(r ->
              r.tableName(table)
                  .billingMode(BillingMode.PAY_PER_REQUEST)
                  .attributeDefinitions(text(KEY), text(OWNER))
                  .keySchema(key(KEY, KeyType.HASH))
                  .globalSecondaryIndexes(
                      GlobalSecondaryIndex.builder()
                          .indexName(OWNER_INDEX)
                          .keySchema(key(OWNER, KeyType.HASH), key(KEY, KeyType.RANGE))
                          .projection(p -> p.projectionType(ProjectionType.KEYS_ONLY))
                          .build())));
      LOG.info("lease table created: table={}", table);
    } catch (ResourceInUseException createdByAnother) {
      LOG.debug("lease table created by another worker: table={}", table);
    }
  }

  private static AttributeDefinition text(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.S)
        .build();
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  /** KCL keeps rows of other kinds in the table as well; only a lease has a checkpoint. */
  private boolean hasLeases() {
    AtomicBoolean found = new AtomicBoolean();
    done(
        dynamoDb
            .scanPaginator(r ->
                r.tableName(table)
                    .consistentRead(true)
                    .filterExpression("attribute_exists(#c)")
                    .expressionAttributeNames(Map.of("#c", CHECKPOINT)))
            .items()
            .subscribe(row -> found.set(true)));
    return found.get();
  }

  private List<Shard> shardsAtTrimHorizon() {
    List<Shard> shards = new ArrayList<>();
    ListShardsRequest request =
        ListShardsRequest.builder()
            .streamName(stream)
            .shardFilter(f -> f.type(ShardFilterType.AT_TRIM_HORIZON))
            .build();
    try {
      ListShardsResponse page = done(kinesis.listShards(request));
      shards.addAll(page.shards());
      while (page.nextToken() != null) {
        String token = page.nextToken();
        page = done(kinesis.listShards(r -> r.nextToken(token)));
        shards.addAll(page.shards());
      }
    } catch (software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException missing) {
      throw new IllegalStateException(
          "stream " + stream + " does not exist: create it before its worker is started", missing);
    }
    return shards;
  }

  /** A row that is there stays. */
  private void put(Map<String, AttributeValue> row) {
    try {
      done(
          dynamoDb.putItem(r ->
              r.tableName(table).item(row).conditionExpression("attribute_not_exists(leaseKey)")));
    } catch (ConditionalCheckFailedException there) {
      LOG.debug("row is there: table={} key={}", table, row.get(KEY));
    }
  }

  /**
   * KCL's own note of its version, as its {@code MigrationState} reads it. Of several workers that
   * start together on a new application, KCL lets one write it, and the others give up.
   */
  private static Map<String, AttributeValue> clientVersion() {
    return Map.of(
        KEY,
        AttributeValue.fromS("Migration3.0"),
        "entityType",
        AttributeValue.fromS("CLIENT_VERSION_MIGRATION"),
        "cv",
        AttributeValue.fromS("CLIENT_VERSION_3X"),
        "mb",
        AttributeValue.fromS("timebridge"),
        "mts",
        AttributeValue.fromN("0"));
  }

  private static Map<String, AttributeValue> row(Shard shard) {
    Map<String, AttributeValue> row = new HashMap<>();
    row.put(KEY, AttributeValue.fromS(shard.shardId()));
    row.put("entityType", AttributeValue.fromS("LEASE"));
    row.put("leaseCounter", AttributeValue.fromN("0"));
    row.put("ownerSwitchesSinceCheckpoint", AttributeValue.fromN("0"));
    row.put(CHECKPOINT, AttributeValue.fromS("TRIM_HORIZON"));
    row.put("checkpointSubSequenceNumber", AttributeValue.fromN("0"));
    row.put("startingHashKey", AttributeValue.fromS(shard.hashKeyRange().startingHashKey()));
    row.put("endingHashKey", AttributeValue.fromS(shard.hashKeyRange().endingHashKey()));
    List<String> parents = new ArrayList<>();
    Optional.ofNullable(shard.parentShardId()).ifPresent(parents::add);
    Optional.ofNullable(shard.adjacentParentShardId()).ifPresent(parents::add);
    if (!parents.isEmpty()) {
      row.put("parentShardId", AttributeValue.fromSs(parents));
    }
    return row;
  }

  /** What the call answers, or throws. */
  private static <T> T done(CompletableFuture<T> call) {
    try {
      return call.join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
    }
  }
}
